import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tunnelName } from '../../functions/core/fleet.ts';
import { groupIdOf, groupsOf, laneOf, refOf } from '../../functions/core/groups.ts';
import { REGION, connection, fleet, fleets, tunnel } from './builders.ts';

test('tunnels on one customer gateway of one VPN gateway are one group, in the order of the fleet', () => {
  const a = connection({ vpnConnectionId: 'vco-a' });
  const b = connection({ vpnConnectionId: 'vco-b' });
  const groups = groupsOf(fleet(a, b));
  expect([...groups.keys()]).toEqual([`${REGION}/vpn-1/cgw-1`]);
  const [group] = groups.values();
  expect(group).toMatchObject({
    id: `${REGION}/vpn-1/cgw-1`,
    laneId: `${REGION}/vpn-1`,
    regionId: REGION,
    vpnGatewayId: 'vpn-1',
    customerGatewayId: 'cgw-1',
  });
  expect(group?.members.map((member) => member.tunnel.tunnelId)).toEqual([
    'vco-a-m',
    'vco-a-s',
    'vco-b-m',
    'vco-b-s',
  ]);
});

test('another customer gateway, VPN gateway or region is another group', () => {
  const groups = groupsOf(
    fleet(
      connection({
        tunnels: [tunnel(), tunnel({ tunnelId: 'tun-2', customerGatewayId: 'cgw-2' })],
      }),
      connection({ vpnGatewayId: 'vpn-2', tunnels: [tunnel()] }),
      connection({ regionId: 'eu-central-1', tunnels: [tunnel()] }),
    ),
  );
  expect([...groups.keys()]).toEqual([
    `${REGION}/vpn-1/cgw-1`,
    `${REGION}/vpn-1/cgw-2`,
    `${REGION}/vpn-2/cgw-1`,
    'eu-central-1/vpn-1/cgw-1',
  ]);
});

test('an attachment has no VPN gateway: it is its own lane', () => {
  const attachment = connection({ kind: 'attachment', vpnGatewayId: null });
  expect(laneOf(attachment)).toBe(`${REGION}/vco-a`);
  expect(groupIdOf(attachment, 'cgw-9')).toBe(`${REGION}/vco-a/cgw-9`);
  expect(groupsOf(fleet(attachment)).get(`${REGION}/vco-a/cgw-1`)?.vpnGatewayId).toBeNull();
});

test('a tunnel without an id goes by its connection', () => {
  const single = connection({ kind: 'single-tunnel', tunnels: [tunnel({ tunnelId: null })] });
  const ref = refOf({ connection: single, tunnel: single.tunnels[0]! });
  expect(ref).toEqual({ regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: null });
  expect(tunnelName(ref)).toBe(`${REGION}/vco-a`);
  expect(tunnelName({ ...ref, tunnelId: 'tun-1' })).toBe(`${REGION}/vco-a/tun-1`);
});

test('always: every tunnel is in exactly one group, and a group is in one lane', () => {
  fc.assert(
    fc.property(fleets({ masked: true }), (world) => {
      const groups = [...groupsOf(world).values()];
      const inGroups = groups.flatMap(({ members }) => members.map((m) => tunnelName(refOf(m))));
      const inFleet = world.connections.flatMap((one) =>
        one.tunnels.map((tunnel) => tunnelName(refOf({ connection: one, tunnel }))),
      );
      expect(inGroups.toSorted()).toEqual(inFleet.toSorted());
      for (const group of groups) {
        for (const { connection, tunnel } of group.members) {
          expect(laneOf(connection)).toBe(group.laneId);
          expect(tunnel.customerGatewayId).toBe(group.customerGatewayId);
        }
      }
    }),
  );
});
