import { describe, expect, test } from 'vitest';
import {
  leftOver,
  lineOf,
  replacementName,
  replacementsAmong,
} from '../../functions/core/customer-gateways.ts';
import type { CustomerGateway } from '../../functions/core/fleet.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import { mayMove, movedTo } from '../../functions/core/move-group.ts';
import {
  NEW,
  OLD,
  REGION,
  claimant,
  connection,
  fleet,
  planned,
  readable,
  rotation,
  target,
  withTunnels,
} from './builders.ts';

function gateway(customerGatewayId: string, name = ''): CustomerGateway {
  return {
    regionId: REGION,
    customerGatewayId,
    name,
    ipAddress: '203.0.113.1',
    asn: null,
    bgpKey: false,
  };
}

const OLDEST = gateway('cgw-1', 'office');
const NEWER = gateway('cgw-2', replacementName('cgw-1'));
const NEWEST = gateway('cgw-3', replacementName('cgw-2'));
const ids = (gateways: readonly CustomerGateway[]) =>
  gateways.map(({ customerGatewayId }) => customerGatewayId);

describe('which gateway another takes the place of', () => {
  const line = (from: CustomerGateway, among: readonly CustomerGateway[]) =>
    lineOf(replacementsAmong(among), from);

  test('stands in its name', () => {
    expect(line(NEWEST, [OLDEST, NEWER, NEWEST])).toEqual(['cgw-3', 'cgw-2', 'cgw-1']);
    expect(line(OLDEST, [OLDEST, NEWER, NEWEST])).toEqual(['cgw-1']);
  });

  test('counts only while the old one exists, in the same region, with the same address', () => {
    expect(line(NEWER, [NEWER])).toEqual(['cgw-2']);
    expect(line(NEWER, [NEWER, { ...OLDEST, ipAddress: '203.0.113.9' }])).toEqual(['cgw-2']);
    expect(line(NEWER, [NEWER, { ...OLDEST, regionId: 'cn-shanghai' }])).toEqual(['cgw-2']);
  });

  test('ends where names go round in a circle', () => {
    const circle = [gateway('cgw-1', 'keyturn-for-cgw-2'), NEWER];
    expect(line(NEWER, circle)).toEqual(['cgw-2', 'cgw-1']);
  });
});

describe('groups', () => {
  const on = (vpnConnectionId: string, customerGatewayId: string) =>
    withTunnels(connection({ vpnConnectionId }), () => ({ customerGatewayId }));
  const shape = (world: ReturnType<typeof fleet>, among: readonly CustomerGateway[]) =>
    [...groupsOf(world, replacementsAmong(among)).values()].map((group) => [
      group.customerGatewayId,
      group.movingTo,
      group.members.length,
    ]);

  test('on the old and the new gateway are one, on its way', () => {
    const world = fleet(on('vco-a', 'cgw-2'), on('vco-b', 'cgw-1'));
    expect(shape(world, [OLDEST, NEWER])).toEqual([['cgw-1', 'cgw-2', 4]]);
    expect(shape(world, [])).toEqual([
      ['cgw-2', null, 2],
      ['cgw-1', null, 2],
    ]);
  });

  test('wholly on the new gateway are that gateway’s, though the old one exists', () => {
    const world = fleet(on('vco-a', 'cgw-2'), on('vco-b', 'cgw-2'));
    expect(shape(world, [OLDEST, NEWER])).toEqual([['cgw-2', null, 4]]);
  });

  test('on the first and the third of a line are one', () => {
    const world = fleet(on('vco-a', 'cgw-3'), on('vco-b', 'cgw-1'));
    expect(shape(world, [OLDEST, NEWER, NEWEST])).toEqual([['cgw-1', 'cgw-3', 4]]);
  });

  test('of another VPN gateway have nothing to do with it', () => {
    const other = { ...on('vco-b', 'cgw-1'), vpnGatewayId: 'vpn-2' };
    expect(shape(fleet(on('vco-a', 'cgw-2'), other), [OLDEST, NEWER])).toEqual([
      ['cgw-2', null, 2],
      ['cgw-1', null, 2],
    ]);
  });
});

describe('a plan over to another gateway', () => {
  const both = rotation([target(), target({ path: 'targets[1]', vpnConnectionId: 'vco-b' })], {
    groupStrategy: 'replace-customer-gateway',
  });
  const plan = (
    document = both,
    world = fleet(connection(), connection({ vpnConnectionId: 'vco-b' })),
  ) => planned(world, [claimant(document)])[0]!;

  test('takes every tunnel, slaves first, and remembers where each was', () => {
    const { steps } = movedTo(plan(), 'cgw-2');
    expect(steps.map(({ tunnel }) => tunnel.tunnelId)).toEqual([
      'vco-a-s',
      'vco-b-s',
      'vco-a-m',
      'vco-b-m',
    ]);
    for (const step of steps) {
      expect(step.after).toMatchObject({ key: NEW, settings: { customerGatewayId: 'cgw-2' } });
      expect(step.before).toMatchObject({ key: OLD, settings: { customerGatewayId: 'cgw-1' } });
      expect(step.changes).toEqual(['key', 'customerGatewayId']);
    }
  });

  test('takes along what has the key already', () => {
    const a = withTunnels(connection(), () => ({ key: readable(NEW) }));
    const moved = movedTo(plan(both, fleet(a, connection({ vpnConnectionId: 'vco-b' }))), 'cgw-2');
    expect(moved.steps.map(({ changes }) => changes)).toContainEqual(['customerGatewayId']);
    expect(moved.steps).toHaveLength(4);
  });

  test('is only for documents that ask, of several connections that have a tunnel call', () => {
    expect(mayMove(plan())).toBe(true);
    expect(mayMove(plan({ ...both, groupStrategy: 'in-place' }))).toBe(false);
    const one = rotation([target()], { groupStrategy: 'replace-customer-gateway' });
    expect(mayMove(plan(one, fleet(connection())))).toBe(false);
    const single = connection({
      vpnConnectionId: 'vco-b',
      kind: 'single-tunnel',
      tunnels: [{ ...connection().tunnels[0]!, tunnelId: null, role: 'only' }],
    });
    expect(mayMove(plan(both, fleet(connection(), single)))).toBe(false);
  });
});

describe('left over is', () => {
  const left = (
    present: CustomerGateway,
    among: readonly CustomerGateway[],
    changes: { readonly used?: readonly string[]; readonly settled?: boolean } = {},
  ) =>
    ids(
      leftOver(among, {
        present,
        used: new Set([present.customerGatewayId, ...(changes.used ?? [])]),
        settled: changes.settled ?? true,
      }),
    );

  test('the gateway that was replaced, once no version waits for its promotion', () => {
    expect(left(NEWER, [OLDEST, NEWER])).toEqual(['cgw-1']);
    expect(left(NEWER, [OLDEST, NEWER], { settled: false })).toEqual([]);
  });

  test('one that was made and is not needed', () => {
    const twin = { ...NEWER, customerGatewayId: 'cgw-8' };
    expect(left(OLDEST, [OLDEST, NEWER], { settled: false })).toEqual(['cgw-2']);
    expect(left(NEWER, [NEWER, twin], { settled: false })).toEqual(['cgw-8']);
  });

  test('none that anything uses, that stands elsewhere, or that has nothing to do with it', () => {
    expect(left(NEWER, [OLDEST, NEWER], { used: ['cgw-1'] })).toEqual([]);
    expect(left(NEWER, [{ ...OLDEST, regionId: 'cn-shanghai' }, NEWER])).toEqual([]);
    expect(left(NEWER, [{ ...OLDEST, ipAddress: '203.0.113.9' }, NEWER])).toEqual([]);
    expect(left(OLDEST, [OLDEST, gateway('cgw-9', 'office')])).toEqual([]);
  });
});
