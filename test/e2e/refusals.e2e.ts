import { describe, expect, test } from 'vitest';
import { CODES } from '../../functions/core/codes.ts';
import type { CodeName } from '../../functions/core/codes.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import { allowing, assume, cloudOf, journalOf, keyturn } from './harness.ts';
import type { LocalCloud } from '../../local/server.ts';
import type { Environment } from './harness.ts';
import { NEW, REGION, documentOf, secretOf, smallFleet } from './small-fleet.ts';
import type { Target } from './small-fleet.ts';

interface Expected {
  readonly code: CodeName;
  readonly place: string;
}

interface Refusal extends Expected {
  readonly of: string;
  readonly fleet?: FleetFile;
  readonly environment?: Environment;
}

const ALPHA = { KEYTURN_SECRETS: 'vpn/alpha' };
const BETA = { KEYTURN_SECRETS: 'vpn/beta' };

/** The small fleet with another next version of one secret. */
function withNext(site: 'alpha' | 'beta', next: string | Readonly<Record<string, unknown>>) {
  const fleet = smallFleet();
  const secrets = fleet.secrets.map((secret) =>
    secret.name === `vpn/${site}` ? secretOf(site, next) : secret,
  );
  return { ...fleet, secrets };
}

const BETA_DOCUMENT = documentOf('beta', NEW.beta);
const [BETA_TARGET] = BETA_DOCUMENT.targets as [Target];

/** The small fleet where the next version for beta has its target altered so. */
function withTarget(change: Readonly<Record<string, unknown>>): FleetFile {
  return withNext('beta', { ...BETA_DOCUMENT, targets: [{ ...BETA_TARGET, ...change }] });
}

function withGateway(change: Partial<FleetFile['gateways'][number]>): FleetFile {
  const fleet = smallFleet();
  return { ...fleet, gateways: fleet.gateways.map((gateway) => ({ ...gateway, ...change })) };
}

const DOCUMENTS: readonly Refusal[] = [
  {
    of: 'malformed JSON',
    fleet: withNext('beta', '{"schema": "keyturn/1",'),
    code: 'document-invalid',
    place: 'line 1',
  },
  {
    of: 'another schema version',
    fleet: withNext('beta', { ...BETA_DOCUMENT, schema: 'keyturn/2' }),
    code: 'document-invalid',
    place: 'schema',
  },
  {
    of: 'an unknown field',
    fleet: withTarget({ Colour: 'blue' }),
    code: 'document-invalid',
    place: 'targets[0]',
  },
  {
    of: 'a value outside its list',
    fleet: withNext('beta', {
      ...BETA_DOCUMENT,
      targets: [
        {
          RegionId: REGION,
          VpnConnectionId: 'vco-beta-1',
          TunnelOptionsSpecification: { TunnelIkeConfig: { Psk: NEW.beta, IkePfs: 'group3' } },
        },
      ],
    }),
    code: 'document-invalid',
    place: 'targets[0].TunnelOptionsSpecification.TunnelIkeConfig.IkePfs',
  },
  {
    of: 'a key with a space',
    fleet: withTarget({ Psk: 'example-psk with-a-space' }),
    code: 'document-invalid',
    place: 'targets[0].Psk',
  },
  {
    of: 'a key of 101 characters',
    fleet: withTarget({ Psk: 'example-psk-'.padEnd(101, 'x') }),
    code: 'document-invalid',
    place: 'targets[0].Psk',
  },
  {
    of: 'a target named twice',
    fleet: withNext('beta', { ...BETA_DOCUMENT, targets: [BETA_TARGET, BETA_TARGET] }),
    code: 'document-invalid',
    place: 'targets[1]',
  },
  {
    of: 'an unknown connection',
    fleet: withTarget({ VpnConnectionId: 'vco-nobody' }),
    code: 'target-not-found',
    place: 'vco-nobody',
  },
  {
    of: 'a connection of another region',
    fleet: withTarget({ RegionId: 'cn-shanghai' }),
    code: 'target-not-found',
    place: 'vco-beta-1 in cn-shanghai',
  },
  {
    of: 'an unknown tunnel',
    fleet: withTarget({ TunnelId: 'tun-nobody' }),
    code: 'tunnel-not-found',
    place: 'tun-nobody',
  },
  {
    of: 'a tunnel of another connection',
    fleet: withTarget({ TunnelId: 'tun-alpha-1a' }),
    code: 'tunnel-not-found',
    place: 'tun-alpha-1a',
  },
  {
    of: 'half a group',
    fleet: withNext('alpha', {
      ...documentOf('alpha', NEW.alpha),
      targets: documentOf('alpha', NEW.alpha).targets.slice(1),
    }),
    environment: ALPHA,
    code: 'group-incomplete',
    place: 'vco-alpha-1/tun-alpha-1a',
  },
  {
    of: 'two keys in one group',
    fleet: withNext('alpha', {
      ...documentOf('alpha', NEW.alpha),
      targets: documentOf('alpha', NEW.alpha).targets.map((target, index) => ({
        ...target,
        Psk: `example-psk-${index}`,
      })),
    }),
    environment: ALPHA,
    code: 'group-contradicts',
    place: 'vco-alpha-2',
  },
  {
    of: 'two documents that contradict each other',
    fleet: {
      ...smallFleet(),
      secrets: [
        ...smallFleet().secrets,
        { ...secretOf('beta', documentOf('beta', 'example-psk-other')), name: 'vpn/beta-too' },
      ],
    },
    environment: { KEYTURN_SECRETS: 'vpn/beta,vpn/beta-too' },
    code: 'documents-contradict',
    place: 'vco-beta-1',
  },
];

const SURROUNDINGS: readonly Refusal[] = [
  {
    of: 'a ShangMi gateway',
    fleet: withGateway({ shangMi: true }),
    code: 'gateway-shangmi',
    place: 'vpn-two',
  },
  {
    of: 'a gateway locked for overdue payment',
    fleet: withGateway({ financialLocked: true }),
    code: 'gateway-locked',
    place: 'vpn-two',
  },
  {
    of: 'a missing secret',
    environment: { KEYTURN_SECRETS: 'vpn/nobody' },
    code: 'secret-not-found',
    place: 'vpn/nobody',
  },
  {
    of: 'no secrets at all',
    environment: { KEYTURN_SECRETS: '' },
    code: 'no-secrets',
    place: 'KEYTURN_SECRETS',
  },
  {
    of: 'plain http beyond loopback',
    environment: { KEYTURN_KMS_ENDPOINT: 'http://kms.example.com' },
    code: 'endpoint-refused',
    place: 'KEYTURN_KMS_ENDPOINT',
  },
  {
    of: 'a region that is none',
    environment: { KEYTURN_REGION: 'Hangzhou!' },
    code: 'setting-invalid',
    place: 'KEYTURN_REGION',
  },
];

/** Runs `keyturn rotate`; gives its exit status, what a person should see and does not, and what it changed. */
async function refusedRun(
  local: LocalCloud,
  { code, place }: Expected,
  environment: Environment = {},
) {
  const settings = { ...BETA, ...environment };
  const { exit, stdout, stderr } = await keyturn(local, ['rotate', '--yes'], settings);
  // Lines are wrapped where the terminal ends.
  const shown = `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ');
  const journal = await journalOf(local);
  return {
    exit,
    missing: [code, place, CODES[code].remedy].filter((part) => !shown.includes(part)),
    changes: journal.filter(({ action }) => !/^(?:List|Get|Describe)/.test(action)),
  };
}

const refused = (code: CodeName) => ({ exit: CODES[code].exit, missing: [], changes: [] });

describe('nothing is written because of', () => {
  test.each([...DOCUMENTS, ...SURROUNDINGS])('$of', async (refusal) => {
    const local = await cloudOf(refusal.fleet ?? smallFleet());
    const run = await refusedRun(local, refusal, refusal.environment);
    expect(run).toEqual(refused(refusal.code));
  });

  test('a missing permission', async () => {
    const local = await cloudOf(smallFleet());
    const role = await assume(local, allowing('kms:*', 'vpc:DescribeVpnGateways'));
    const expected = { code: 'permission-denied', place: 'DescribeVpnConnections' } as const;
    const run = await refusedRun(local, expected, {
      ALIBABA_CLOUD_ACCESS_KEY_ID: role.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: role.accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: role.securityToken ?? '',
    });
    expect(run).toEqual(refused('permission-denied'));
  });

  test('an endpoint where nobody listens', async () => {
    const local = await cloudOf(smallFleet());
    const code = 'endpoint-unreachable';
    // The discard port.
    const nowhere = 'http://127.0.0.1:9';
    const runs = await Promise.all([
      refusedRun(
        local,
        { code, place: 'vpn/beta: cn-hangzhou: DescribeVpn' },
        { KEYTURN_VPC_ENDPOINT: nowhere },
      ),
      refusedRun(
        local,
        { code, place: 'vpn/beta: ListSecretVersionIds' },
        { KEYTURN_KMS_ENDPOINT: nowhere },
      ),
    ]);
    expect(runs).toEqual([refused(code), refused(code)]);
  });
});
