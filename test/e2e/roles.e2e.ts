import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACCOUNT_ID } from '../../local/cloud.ts';
import type { FleetFile, TunnelFile } from '../../local/fleet-file.ts';
import { assume, cloudOf, invoke, journalOf, keysOf } from './harness.ts';
import type { Invocation } from './harness.ts';
import { LEASE, REGION } from './small-fleet.ts';

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: unknown }[];
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  region: REGION,
  accountId: ACCOUNT_ID,
  secretPrefix: 'vpn/',
  leaseSecret: LEASE,
  logProject: 'example-log',
  logStore: 'keyturn',
  failureQueue: 'keyturn-failures',
};

const POLICY = readPolicy('keyturn-rotate');
const ACTIONS = POLICY.Statement.flatMap(({ Action }) => Action);

/** The others are for documents that replace customer gateways, and for what Function Compute does in its name. */
const FOR_CUSTOMER_GATEWAYS = [
  'vpc:DescribeCustomerGateways',
  'vpc:CreateCustomerGateway',
  'vpc:DeleteCustomerGateway',
] as const;
/** Taken out one by one in test/deploy/deployed.e2e.ts. */
const WHEN_DEPLOYED = ['fc:InvokeFunction', 'mns:SendMessage', 'log:PostLogStoreLogs'];
const NOT_CALLED: readonly string[] = [...FOR_CUSTOMER_GATEWAYS, ...WHEN_DEPLOYED];
const CALLED = ACTIONS.filter((action) => !NOT_CALLED.includes(action));

function readPolicy(name: string): Policy {
  const text = readFileSync(new URL(`../../policies/${name}.policy.json`, import.meta.url), 'utf8');
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (_whole, placeholder: string) => {
    const value = PLACEHOLDERS[placeholder];
    if (value === undefined) throw new Error(`no value for ${placeholder}`);
    return value;
  });
  return JSON.parse(filled) as Policy;
}

function without(policy: Policy, action: string): Policy {
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((candidate) => candidate !== action),
  }));
  return { ...policy, Statement: Statement.filter(({ Action }) => Action.length > 0) };
}

const SITES = ['dual', 'single', 'attachment'] as const;
type Site = (typeof SITES)[number];

/** One connection of each kind, so that each of the three write calls is needed, each to be proven. */
function oneOfEach(): FleetFile {
  return {
    kmsRegion: REGION,
    regions: [REGION],
    windowMs: { min: 50, max: 150 },
    gateways: [{ id: 'vpn-one', region: REGION }],
    customerGateways: SITES.map((site, index) => ({
      id: `cgw-${site}`,
      region: REGION,
      ip: `203.0.113.${index}`,
    })),
    connections: SITES.map((site) => ({
      id: `vco-${site}`,
      region: REGION,
      ...(site === 'attachment' ? {} : { gateway: 'vpn-one' }),
      tunnels: site === 'single' ? [tunnelOf(site)] : [tunnelOf(site, 'a'), tunnelOf(site, 'b')],
    })),
    secrets: [
      ...SITES.map((site) => ({
        name: `vpn/${site}`,
        versions: [
          { versionId: 'v1', labels: ['ACSCurrent'], data: documentOf(site, 'old') },
          { versionId: 'v2', labels: ['KeyturnNext'], data: documentOf(site, 'new') },
        ],
      })),
      { name: LEASE, versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: 'none' }] },
    ],
  };
}

const keyOf = (site: Site, generation: 'old' | 'new') => `example-psk-${site}-${generation}`;

function tunnelOf(site: Site, letter?: 'a' | 'b'): TunnelFile {
  return {
    ...(letter === undefined
      ? {}
      : { id: `tun-${site}-${letter}`, role: letter === 'a' ? 'master' : 'slave' }),
    customerGateway: `cgw-${site}`,
    key: keyOf(site, 'old'),
    farEnd: { policy: 'follows', delayMs: 10, negotiateMs: 20 },
  };
}

function documentOf(site: Site, generation: 'old' | 'new') {
  const Psk = keyOf(site, generation);
  return {
    schema: 'keyturn/1',
    targets: [{ RegionId: REGION, VpnConnectionId: `vco-${site}`, Psk }],
    allowInterruption: true,
    proof: { require: 'proven', timeoutSeconds: 5 },
  };
}

async function runUnder(policy: Policy, fleet: FleetFile = oneOfEach()) {
  const local = await cloudOf(fleet);
  const credentials = await assume(local, policy);
  const given = { credentials, environment: { KEYTURN_LEASE_SECRET: LEASE } };
  return { local, given, invocation: await invoke(local, given) };
}

test('the function’s role is enough for every kind of connection', async () => {
  const { local, invocation } = await runUnder(POLICY);
  expect(invocation).toMatchObject({ error: null, report: { outcome: 'converged' } });
  const called = (await journalOf(local)).map(({ product, action }) => `${product}:${action}`);
  expect(new Set(called)).toEqual(new Set(CALLED));
});

/** Whether somebody who reads the error learns which permission is missing. */
const names = ({ error }: Invocation, action: string): boolean =>
  error !== null &&
  JSON.stringify(error).includes('permission-denied') &&
  error.rendered.includes(action.slice(4));

test.each(CALLED.filter((action) => action !== 'vpc:DescribeVpnConnectionLogs'))(
  'without %s a run fails and says so',
  async (action) => {
    const { invocation } = await runUnder(without(POLICY, action));
    expect(names(invocation, action)).toBe(true);
  },
);

test('without vpc:DescribeVpnConnectionLogs nothing is proven, and it says why', async () => {
  const { invocation } = await runUnder(without(POLICY, 'vpc:DescribeVpnConnectionLogs'));
  expect(invocation.error?.rendered).toContain('log-unreadable');
  expect(invocation.error?.rendered).toContain('DescribeVpnConnectionLogs');
});

/** Two connections that have to share a key, where the service refuses to change one of them alone. */
function pairFleet(): FleetFile {
  const fleet = oneOfEach();
  const pair = ['vco-pair-1', 'vco-pair-2'];
  const data = (generation: 'old' | 'new') => ({
    schema: 'keyturn/1',
    targets: pair.map((VpnConnectionId) => ({
      RegionId: REGION,
      VpnConnectionId,
      Psk: keyOf('dual', generation),
    })),
    proof: { timeoutSeconds: 10 },
    groupStrategy: 'replace-customer-gateway',
  });
  return {
    ...fleet,
    switches: { sameGatewayRule: 'reject' },
    connections: pair.map((id) => ({
      id,
      region: REGION,
      gateway: 'vpn-one',
      tunnels: (['a', 'b'] as const).map((letter) => ({
        ...tunnelOf('dual', letter),
        id: `${id.replace('vco', 'tun')}-${letter}`,
      })),
    })),
    secrets: [
      {
        name: 'vpn/pair',
        versions: [
          { versionId: 'v1', labels: ['ACSCurrent'], data: data('old') },
          { versionId: 'v2', labels: ['KeyturnNext'], data: data('new') },
        ],
      },
      ...fleet.secrets.filter(({ name }) => name === LEASE),
    ],
  };
}

test('the role is enough to replace a customer gateway', async () => {
  const { local, invocation, given } = await runUnder(POLICY, pairFleet());
  expect(invocation).toMatchObject({
    error: null,
    report: { outcome: 'converged', groups: [{ reason: { code: 'rotated' } }] },
  });
  const called = new Set(
    (await journalOf(local)).map(({ product, action }) => `${product}:${action}`),
  );
  for (const action of FOR_CUSTOMER_GATEWAYS) expect(called).toContain(action);
  // Back by the same way: what an operator asks for at night comes as an event too.
  const event = JSON.stringify({ action: 'restore', secrets: ['vpn/pair'], reason: 'CHG-1' });
  expect(await invoke(local, { ...given, event })).toMatchObject({
    error: null,
    report: { outcome: 'converged', secrets: [{ toVersionId: 'v1', promoted: true }] },
  });
  expect(new Set(Object.values(keysOf(local)))).toEqual(new Set([keyOf('dual', 'old')]));
});

test.each(FOR_CUSTOMER_GATEWAYS.filter((action) => !action.startsWith('vpc:Delete')))(
  'without %s no customer gateway is replaced, and the run says why',
  async (action) => {
    const { local, invocation } = await runUnder(without(POLICY, action), pairFleet());
    expect(invocation.error?.name).toBe('RotationNeedsAttention');
    expect(invocation.error?.rendered).toContain(action.slice(4));
    expect(new Set(Object.values(keysOf(local)))).toEqual(new Set([keyOf('dual', 'old')]));
  },
);

test('without vpc:DeleteCustomerGateway the one that was left stays, and the report says so', async () => {
  const policy = without(POLICY, 'vpc:DeleteCustomerGateway');
  const { invocation } = await runUnder(policy, pairFleet());
  expect(invocation).toMatchObject({ error: null, report: { outcome: 'converged' } });
  const [warning] = invocation.report?.warnings ?? [];
  expect(warning?.code).toBe('gateway-left-over');
  expect(warning?.detail).toContain('DeleteCustomerGateway');
});
