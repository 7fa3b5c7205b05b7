import { expect, test } from 'vitest';
import type { FaultRule } from '../../local/faults.ts';
import type { LocalCloud } from '../../local/server.ts';
import { allowing, assume, cloudOf, invoke, journalOf, keysOf, keyturn } from './harness.ts';
import type { Credentials, Given } from './harness.ts';
import { documentOf, secretOf, smallFleet } from './small-fleet.ts';

/** Every key of the small fleet, in a document or on a tunnel, old or new, begins with it. */
const CANARY = 'example-psk-';

/** Invokes the function and gives everything that anybody could read afterwards. */
async function everythingShown(local: LocalCloud, given: Given = {}): Promise<string> {
  const invocation = await invoke(local, given);
  return [...Object.values(invocation), await journalOf(local)]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n');
}

function expectNoSecret(shown: string, credentials: Credentials): void {
  expect(shown).not.toContain(CANARY);
  expect(shown).not.toContain(credentials.accessKeySecret);
  expect(shown).not.toContain(credentials.securityToken ?? CANARY);
}

test('no key is shown by a run that goes well, nor by the command line', async () => {
  const local = await cloudOf(smallFleet());
  expect(JSON.stringify(keysOf(local))).toContain(CANARY);
  for (const args of [['plan'], ['rotate', '--yes'], ['status'], ['rotate', '--yes', '--json']]) {
    const { exit, stdout, stderr } = await keyturn(local, args);
    expect(exit).toBe(0);
    expectNoSecret(stdout + stderr, local);
  }
  expectNoSecret(await everythingShown(local), local);
});

const on = (action: string, kind: FaultRule['kind'], nth = 1): FaultRule => ({ action, kind, nth });

test.each([
  on('ModifyTunnelAttribute', 'reset-before'),
  on('ModifyTunnelAttribute', 'reset-after-applied'),
  on('ModifyTunnelAttribute', 'half-answer'),
  on('ModifyTunnelAttribute', 'html-502'),
  on('ModifyTunnelAttribute', 'server-500'),
  on('ModifyTunnelAttribute', 'throttle'),
  on('ModifyTunnelAttribute', 'stall-before'),
  on('ModifyTunnelAttribute', 'stall-after-applied'),
  { ...on('ModifyTunnelAttribute', 'refuse', 2), code: 'VpnRouteEntry.Conflict' },
  // Half of an answer that holds keys: a parser's own error would quote them.
  on('DescribeVpnConnections', 'half-answer'),
  on('GetSecretValue', 'half-answer'),
  on('GetSecretValue', 'server-500'),
])('no key is shown when $action meets $kind', async (rule) => {
  const local = await cloudOf(smallFleet());
  local.cloud.faults.set([rule]);
  const shown = await everythingShown(local, {
    environment: { KEYTURN_REQUEST_TIMEOUT_MS: '300' },
  });
  expect(local.cloud.faults.met.get(rule.kind)).toBe(1);
  expectNoSecret(shown, local);
});

test('no key or token is shown with temporary credentials that may not write', async () => {
  const local = await cloudOf(smallFleet());
  const credentials = await assume(local, allowing('kms:*', 'vpc:Describe*'));
  const shown = await everythingShown(local, { credentials });
  expect(shown).toContain('permission-denied');
  expectNoSecret(shown, credentials);
});

test('no credential is shown when the service echoes what it was sent', async () => {
  const local = await cloudOf(smallFleet());
  const wrong = {
    accessKeyId: local.accessKeyId,
    accessKeySecret: 'example-secret-that-is-wrong',
  };
  const shown = await everythingShown(local, { credentials: wrong });
  expect(shown).toContain('SignatureDoesNotMatch');
  expectNoSecret(shown, wrong);
  const stranger = { ...wrong, securityToken: 'example-token-of-nobody' };
  expectNoSecret(await everythingShown(local, { credentials: stranger }), stranger);
});

test.each([
  ['is cut off', JSON.stringify(documentOf('beta', `${CANARY}cut`)).slice(0, -9)],
  ['has a field too many', { ...documentOf('beta', `${CANARY}field`), [`${CANARY}name`]: CANARY }],
  ['has a key with a space', documentOf('beta', `${CANARY}with space`)],
  ['has a key for a target', { schema: 'keyturn/1', targets: [`${CANARY}target`] }],
])('no key is shown of a document that %s', async (_how, data) => {
  const fleet = smallFleet();
  const secrets = fleet.secrets.map((secret) =>
    secret.name === 'vpn/beta' ? secretOf('beta', data) : secret,
  );
  const local = await cloudOf({ ...fleet, secrets });
  const shown = await everythingShown(local);
  expect(shown).toContain('document-invalid');
  expectNoSecret(shown, local);
  const { stdout, stderr } = await keyturn(local, ['plan']);
  expectNoSecret(stdout + stderr, local);
});

test('no key is in a URL where the service takes it in the body', async () => {
  const fleet = smallFleet();
  // A live key that stands in no version is stored before it is overwritten, so that call is seen too.
  const connections = fleet.connections.map((connection) => ({
    ...connection,
    tunnels: connection.tunnels.map((tunnel) => ({ ...tunnel, key: `${CANARY}unknown` })),
  }));
  const local = await cloudOf({ ...fleet, connections });
  const inUrl = new Set<string>();
  const inBody = new Set<string>();
  local.cloud.watchers.push((call, result) => {
    if (result !== null) return;
    if (JSON.stringify(call.query).includes(CANARY)) inUrl.add(call.action);
    if (JSON.stringify(call.form).includes(CANARY)) inBody.add(call.action);
  });
  const environment = { KEYTURN_TUNNEL_OPTIONS_IN_BODY: 'true' };
  expect(await invoke(local, { environment })).toMatchObject({ error: null });
  expect(inUrl).toEqual(new Set());
  expect(inBody).toEqual(new Set(['PutSecretValue', 'ModifyTunnelAttribute']));
});
