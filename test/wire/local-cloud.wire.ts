import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KMS_ACTIONS, VPC_ACTIONS } from '../../functions/alicloud/index.ts';
import type { Outcome } from '../../functions/core/failure.ts';
import type { Connection, Tunnel } from '../../functions/core/fleet.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { epochMs } from '../../functions/core/units.ts';
import type { WriteCall } from '../../functions/core/write.ts';
import { adaptersAt, openTarget } from './target.ts';
import type { Target } from './target.ts';

type Adapters = ReturnType<typeof adaptersAt>;

function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(`${outcome.kind}: ${outcome.error.code}`);
  return outcome.value;
}

const page = (target: Target) => ({ regionId: target.region, pageNumber: 1, pageSize: 50 });
const fresh = (): string => randomBytes(32).toString('hex');

async function connection({ vpn }: Adapters, target: Target, id: string): Promise<Connection> {
  const found = value(await vpn.listVpnConnections({ ...page(target), vpnConnectionId: id }));
  const [item] = found.items;
  if (item === undefined) throw new Error(`${id} is not there`);
  return item;
}

const restated = ({ key, settings }: Tunnel, next?: Redacted) => ({
  key: next ?? (key.kind === 'readable' ? key.key : null),
  settings,
});

/** Gives the last tunnel of a connection a new key, waits until it has settled and reads it back. */
async function changeKey(at: Adapters, target: Target, call: WriteCall, id: string) {
  const before = await connection(at, target, id);
  const [partner, last = partner] = before.tunnels;
  if (partner === undefined || last === undefined) throw new Error('no tunnel');
  const next = new Redacted(`example-psk-${randomBytes(8).toString('hex')}`);
  const attachment = call === 'ModifyVpnAttachmentAttribute';
  const outcome = await at.vpn.write({
    call,
    regionId: target.region,
    vpnConnectionId: id,
    tunnelId: last.tunnelId,
    clientToken: fresh(),
    config: restated(last, next),
    localSubnets: before.localSubnets,
    remoteSubnets: before.remoteSubnets,
    effectImmediately: call === 'ModifyTunnelAttribute' ? null : before.effectImmediately,
    tunnelIndex: last.index,
    partner: attachment
      ? { tunnelId: partner.tunnelId ?? '', tunnelIndex: partner.index, config: restated(partner) }
      : null,
  });
  let after = await connection(at, target, id);
  while (after.tunnels.some(({ state }) => state !== 'active') || after.state === 'updating') {
    await sleep(target.pollMs);
    after = await connection(at, target, id);
  }
  const { key } = after.tunnels.at(-1) ?? last;
  const readBack = key.kind === 'readable' && key.key.equals(next);
  return {
    outcome,
    readBack,
    before: before.tunnels.map(lasting),
    after: after.tunnels.map(lasting),
  };
}

/** What a change of a key leaves alone. */
const lasting = ({ tunnelId, role, index, settings }: Tunnel) => ({
  tunnelId,
  role,
  index,
  settings,
});

async function makesCustomerGateway({ vpn }: Adapters, { region: regionId }: Target) {
  const peer = { regionId, ipAddress: '198.51.100.77', name: 'wire', asn: 65_020 };
  return value(await vpn.createCustomerGateway({ ...peer, clientToken: fresh() }));
}

describe.each(['key', 'role'] as const)('with credentials of a %s', (who) => {
  let target: Target;
  let at: Adapters;
  const called = new Set<string>();
  beforeEach(async () => {
    target = await openTarget(who);
    at = adaptersAt(target);
  });
  afterEach(async () => {
    for (const name of at.called) called.add(name);
    await target.close();
  });

  test('DescribeVpnGateways', async () => {
    const { vpnGatewayId } = await connection(at, target, target.dual);
    const found = value(
      await at.vpn.listVpnGateways({ ...page(target), vpnGatewayId: vpnGatewayId ?? '' }),
    );
    expect(found).toMatchObject({
      totalCount: 1,
      items: [{ vpnGatewayId, regionId: target.region, financialLocked: false, shangMi: false }],
    });
  });

  test('DescribeVpnConnections', async () => {
    const { items, totalCount } = value(await at.vpn.listVpnConnections(page(target)));
    expect(totalCount).toBeGreaterThanOrEqual(3);
    const kinds = new Map(items.map(({ vpnConnectionId, kind }) => [vpnConnectionId, kind]));
    expect(kinds.get(target.dual)).toBe('dual-tunnel');
    expect(kinds.get(target.single)).toBe('single-tunnel');
    expect(kinds.get(target.attachment)).toBe('attachment');
    for (const { tunnels } of items) {
      for (const tunnel of tunnels) {
        expect(tunnel).toMatchObject({
          customerGatewayId: expect.stringMatching(/^cgw-/u),
          settings: {
            ikeVersion: expect.stringMatching(/^ikev[12]$/u),
            ikeLifetimeSeconds: expect.any(Number),
            ipsecLifetimeSeconds: expect.any(Number),
            dpd: expect.any(Boolean),
            natTraversal: expect.any(Boolean),
          },
        });
        expect(tunnel.sa).not.toBe('unknown');
      }
    }
  });

  test('DescribeCustomerGateways', async () => {
    const { customerGatewayId } = await makesCustomerGateway(at, target);
    const { items } = value(await at.vpn.listCustomerGateways(page(target)));
    expect(items).toContainEqual({
      regionId: target.region,
      customerGatewayId,
      name: 'wire',
      ipAddress: '198.51.100.77',
      asn: 65_020,
      bgpKey: false,
    });
    const clientToken = fresh();
    await at.vpn.deleteCustomerGateway({
      regionId: target.region,
      customerGatewayId,
      clientToken,
    });
  });

  test('DescribeVpnConnectionLogs', async () => {
    const { regionId, tunnels, vpnConnectionId } = await connection(at, target, target.dual);
    const from = epochMs(Date.now() - 60_000);
    await changeKey(at, target, 'ModifyTunnelAttribute', target.dual);
    const to = epochMs(Date.now() + 60_000);
    const tunnelId = tunnels[1]?.tunnelId ?? null;
    const lines = value(await at.vpn.readLogs({ regionId, vpnConnectionId, tunnelId, from, to }));
    expect(lines).toContainEqual({ text: expect.stringContaining('initiating IKE_SA') });
  });

  test.each([
    ['ModifyTunnelAttribute', 'dual'],
    ['ModifyVpnConnectionAttribute', 'single'],
    ['ModifyVpnAttachmentAttribute', 'attachment'],
  ] as const)('%s', async (call, kind) => {
    const { outcome, readBack, before, after } = await changeKey(at, target, call, target[kind]);
    expect(outcome).toEqual({ kind: 'ok', value: null });
    expect(readBack).toBe(true);
    expect(after).toEqual(before);
  });

  test('CreateCustomerGateway', async () => {
    const peer = { regionId: target.region, ipAddress: '198.51.100.77', name: 'wire', asn: null };
    const clientToken = fresh();
    const first = value(await at.vpn.createCustomerGateway({ ...peer, clientToken }));
    const again = value(await at.vpn.createCustomerGateway({ ...peer, clientToken }));
    expect(again).toEqual(first);
    const { customerGatewayId } = first;
    await at.vpn.deleteCustomerGateway({
      regionId: target.region,
      customerGatewayId,
      clientToken: fresh(),
    });
  });

  test('DeleteCustomerGateway', async () => {
    const { customerGatewayId } = await makesCustomerGateway(at, target);
    const request = { regionId: target.region, customerGatewayId };
    const remove = () => at.vpn.deleteCustomerGateway({ ...request, clientToken: fresh() });
    expect(await remove()).toEqual({ kind: 'ok', value: null });
    expect(await remove()).toMatchObject({ kind: 'notFound', error: { status: 404 } });
  });

  test('ListSecrets', async () => {
    const { items, totalCount } = value(await at.secrets.listNames(1));
    expect(items.length).toBe(Math.min(100, totalCount));
  });

  test('ListSecretVersionIds', async () => {
    const versions = value(await at.secrets.listVersions(target.secret));
    expect(versions.filter(({ labels }) => labels.includes('ACSCurrent'))).toHaveLength(1);
    for (const { createdAt } of versions) expect(createdAt).toBeGreaterThan(0);
  });

  test('GetSecretValue', async () => {
    const data = new Redacted('example-psk-read "back" & + %');
    const versionId = fresh();
    const { secret: name } = target;
    await at.secrets.putVersion({ name, versionId, data, labels: ['KeyturnWire'] });
    const read = value(await at.secrets.readVersion(target.secret, versionId));
    expect(read.equals(data)).toBe(true);
    expect(await at.secrets.readVersion(target.secret, fresh())).toMatchObject({
      kind: 'notFound',
    });
  });

  test('PutSecretValue', async () => {
    const put = { name: target.secret, versionId: fresh(), labels: ['KeyturnWire'] };
    const data = new Redacted('example-psk-put');
    expect(await at.secrets.putVersion({ ...put, data })).toEqual({ kind: 'ok', value: null });
    expect(await at.secrets.putVersion({ ...put, data })).toEqual({ kind: 'ok', value: null });
    const other = await at.secrets.putVersion({ ...put, data: new Redacted('example-psk-x') });
    expect(other.kind).toBe('refused');
  });

  test('UpdateSecretVersionStage', async () => {
    const versionId = fresh();
    const { secret: name } = target;
    const data = new Redacted('example-psk-moved');
    value(await at.secrets.putVersion({ name, versionId, data, labels: ['KeyturnWire'] }));
    const label = 'KeyturnWireMoved';
    expect(await at.secrets.moveLabel({ name, label, to: versionId })).toMatchObject({
      kind: 'ok',
    });
    const holder = async (): Promise<readonly string[]> =>
      value(await at.secrets.listVersions(name))
        .filter(({ labels }) => labels.includes(label))
        .map((version) => version.versionId);
    expect(await holder()).toEqual([versionId]);
    expect(await at.secrets.moveLabel({ name, label, from: versionId })).toMatchObject({
      kind: 'ok',
    });
    expect(await holder()).toEqual([]);
  });

  test('that was every call the adapters make', () => {
    expect(called).toEqual(new Set([...VPC_ACTIONS, ...KMS_ACTIONS]));
  });
});
