import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Redacted } from '../../functions/core/redacted.ts';
import type { TunnelWrite } from '../../functions/core/write.ts';
import type { FaultRule } from '../../local/faults.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { adaptersAt, assumeRole, defineRole, endpointOf, FLEET, REGION, SECRET } from './target.ts';

let local: LocalCloud;
beforeEach(async () => {
  local = await startLocalCloud({ fleet: FLEET });
});
afterEach(() => local.close());

const NEW = new Redacted('example-psk-new');
const WRITE: TunnelWrite = {
  call: 'ModifyTunnelAttribute',
  regionId: REGION,
  vpnConnectionId: 'vco-dual',
  tunnelId: 'tun-dual-b',
  clientToken: 'example-token',
  config: { key: NEW, settings: {} },
  localSubnets: '',
  remoteSubnets: '',
  effectImmediately: null,
  tunnelIndex: null,
  partner: null,
};

const at = (requestTimeoutMs = 10_000) =>
  adaptersAt(
    {
      region: REGION,
      vpc: endpointOf(local.vpc),
      kms: endpointOf(local.kms),
      credentials: local,
    },
    requestTimeoutMs,
  );

/** The key that the service has for the tunnel, whatever the caller was told. */
const stored = () => local.cloud.vpc.connections.get('vco-dual')?.tunnels[1]?.config.ike.Psk;

/** A fault, the class and code of it at the adapter's edge, and whether the write happened all the same. */
const FAULTS: readonly [FaultRule['kind'], string, string, number | null, applied: boolean][] = [
  ['reset-before', 'unknown', 'Network.Reset', null, false],
  ['reset-after-applied', 'unknown', 'Network.Reset', null, true],
  ['half-answer', 'unknown', 'Network.Reset', null, true],
  ['html-502', 'unknown', 'Network.Unparsable', null, false],
  ['server-500', 'unknown', 'InternalError', 500, false],
  ['throttle', 'throttled', 'Throttling.User', 400, false],
  ['stall-before', 'unknown', 'Network.Timeout', null, false],
  ['stall-after-applied', 'unknown', 'Network.Timeout', null, true],
];

describe('a write that meets a fault', () => {
  test.each(FAULTS)('%s', async (kind, failure, code, status, applied) => {
    local.cloud.faults.set([{ kind, nth: 1 }]);
    const { vpn } = at(kind.startsWith('stall') ? 200 : 10_000);
    await expect(vpn.write(WRITE)).resolves.toMatchObject({
      kind: failure,
      error: { operation: 'ModifyTunnelAttribute', code, status },
    });
    expect(stored()).toBe(applied ? 'example-psk-new' : 'example-psk-old');
    // The same token again: what had happened is not done twice, what had not is done now.
    await expect(vpn.write(WRITE)).resolves.toEqual({ kind: 'ok', value: null });
    expect(stored()).toBe('example-psk-new');
    const effects = local.cloud.journal.read().entries.flatMap((entry) => entry.effects);
    expect(effects.filter((effect) => effect.kind === 'configured')).toHaveLength(1);
  });

  test('a refusal in the vendor’s words', async () => {
    const code = 'VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs';
    local.cloud.faults.set([{ kind: 'refuse', code }]);
    await expect(at().vpn.write(WRITE)).resolves.toMatchObject({
      kind: 'refused',
      error: { code },
    });
  });

  test('a request that arrives twice is carried out once', async () => {
    local.cloud.faults.set([{ kind: 'duplicate-delivery' }]);
    await expect(at().vpn.write(WRITE)).resolves.toEqual({ kind: 'ok', value: null });
    const effects = local.cloud.journal.read().entries.flatMap((entry) => entry.effects);
    expect(effects.filter((effect) => effect.kind === 'configured')).toHaveLength(1);
  });
});

describe('KMS', () => {
  test.each([
    ['reset-before', 'unknown', 'Network.Reset'],
    ['half-answer', 'unknown', 'Network.Reset'],
    ['html-502', 'unknown', 'Network.Unparsable'],
    ['server-500', 'unknown', 'InternalFailure'],
    ['throttle', 'throttled', 'Rejected.Throttling'],
  ] as const)('%s', async (kind, failure, code) => {
    local.cloud.faults.set([{ kind }]);
    const read = await at().secrets.readVersion(SECRET, 'v1');
    expect(read).toMatchObject({ kind: failure, error: { operation: 'GetSecretValue', code } });
  });
});

describe('a read that meets a fault', () => {
  const page = { regionId: REGION, pageNumber: 1, pageSize: 50, vpnConnectionId: 'vco-dual' };

  test('a masked key is not taken for a key', async () => {
    local.cloud.faults.set([{ kind: 'masked-key' }]);
    const read = await at().vpn.listVpnConnections(page);
    expect(read).toMatchObject({
      value: { items: [{ tunnels: [{ key: { kind: 'masked' } }, { key: { kind: 'masked' } }] }] },
    });
  });

  test('a stale answer is the one of the time before', async () => {
    const { vpn } = at();
    const showsNewKey = async (): Promise<boolean> => {
      const read = await vpn.listVpnConnections(page);
      const key = read.kind === 'ok' ? read.value.items[0]?.tunnels[1]?.key : undefined;
      return key?.kind === 'readable' && key.key.equals(NEW);
    };
    expect(await showsNewKey()).toBe(false);
    await vpn.write(WRITE);
    local.cloud.faults.set([{ kind: 'stale-read', nth: 1 }]);
    expect(await showsNewKey()).toBe(false);
    expect(await showsNewKey()).toBe(true);
  });
});

describe('a role', () => {
  test('is denied what its policy does not say', async () => {
    defineRole(local, ['vpc:Describe*']);
    const credentials = assumeRole(local);
    const endpoints = { region: REGION, vpc: endpointOf(local.vpc), kms: endpointOf(local.kms) };
    const { vpn, secrets } = adaptersAt({ ...endpoints, credentials });
    await expect(vpn.write(WRITE)).resolves.toMatchObject({
      kind: 'denied',
      error: { code: 'Forbidden.RAM', status: 403 },
    });
    await expect(secrets.readVersion(SECRET, 'v1')).resolves.toMatchObject({
      kind: 'denied',
      error: { code: 'Forbidden.NoPermission', status: 403 },
    });
    const read = { regionId: REGION, pageNumber: 1, pageSize: 1 };
    await expect(vpn.listVpnGateways(read)).resolves.toMatchObject({ kind: 'ok' });
  });

  test('whose session has ended is denied', async () => {
    defineRole(local);
    const credentials = assumeRole(local, 0);
    const endpoints = { region: REGION, vpc: endpointOf(local.vpc), kms: endpointOf(local.kms) };
    const { secrets } = adaptersAt({ ...endpoints, credentials });
    await expect(secrets.readVersion(SECRET, 'v1')).resolves.toMatchObject({
      kind: 'denied',
      error: { code: 'InvalidSecurityToken.Expired' },
    });
  });
});
