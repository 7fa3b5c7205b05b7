import { expect, test } from 'vitest';
import { SWITCHES } from '../../../local/switches.ts';
import { NEGOTIATE_MS, NEW, OLD, REGION, START, WINDOW_MS, World } from './world.ts';

test.each(SWITCHES.busyCode)('while a gateway is configured it refuses writes with %s', (code) => {
  const world = new World({ switches: { busyCode: code } });
  expect(world.rekey('tun-a1')).toBe('200');
  expect(world.rekey('tun-a2')).toBe(`400 ${code}`);
  expect(world.rekey('tun-c1')).toBe(`400 ${code}`);
  expect(world.key('tun-a2')).toBe(OLD);
  world.pass(WINDOW_MS);
  expect(world.rekey('tun-a2')).toBe('200');
});

test('gateway and tunnel are updating until the last instant of the window', () => {
  const world = new World();
  world.rekey('tun-a1');
  const states = () => [world.gateway('vpn-1'), world.tunnel('tun-a1').state];
  expect(states()).toEqual(['updating', 'updating']);
  expect(world.tunnel('tun-a2').state).toBe('active');
  world.pass(WINDOW_MS - 1);
  expect(states()).toEqual(['updating', 'updating']);
  world.pass(1);
  expect(states()).toEqual(['active', 'active']);
});

test('a read shows the new configuration at once, the daemon loads it at the end', () => {
  const world = new World();
  world.rekey('tun-a1');
  expect(world.key('tun-a1')).toBe(NEW);
  expect(world.tunnel('tun-a1').session.loaded.ike.Psk).toBe(OLD);
  expect(world.up('tun-a1')).toBe(true);
  world.pass(WINDOW_MS);
  expect(world.tunnel('tun-a1').session.loaded.ike.Psk).toBe(NEW);
  expect(world.up('tun-a1')).toBe(false);
});

test('another gateway and an attachment have locks of their own', () => {
  const world = new World();
  expect(world.rekey('tun-a1')).toBe('200');
  expect(world.rekey('tun-g1')).toBe('200');
  const attachment = { VpnConnectionId: 'vco-t', RegionId: 'cn-hangzhou' };
  const rename = () => world.outcome('ModifyVpnAttachmentAttribute', { ...attachment, Name: 'x' });
  expect(rename()).toBe('200');
  expect(world.cloud.vpc.connections.get('vco-t')?.state).toBe('updating');
  expect(rename()).toBe('400 VpnGateway.Configuring');
  world.pass(WINDOW_MS);
  expect(world.cloud.vpc.connections.get('vco-t')?.state).toBe('attached');
});

test('a restated configuration opens a window and leaves the tunnel up', () => {
  const world = new World();
  expect(world.rekey('tun-a1', OLD)).toBe('200');
  expect(world.gateway('vpn-1')).toBe('updating');
  world.pass(WINDOW_MS + NEGOTIATE_MS);
  expect(world.tunnel('tun-a1').session.ikeSaNumber).toBe(1);
});

test('a gateway can be busy when the story begins', () => {
  const gateways = [{ id: 'vpn-1', region: 'cn-hangzhou', busyMs: 3_000 }];
  const world = new World({ fleet: { gateways, connections: [] } });
  expect(world.gateway('vpn-1')).toBe('updating');
  world.pass(3_000);
  expect(world.gateway('vpn-1')).toBe('active');
});

test.each(SWITCHES.windowSeconds)('without a length in the fleet it is %s seconds', (bounds) => {
  const [min = 0, max = 0] = bounds.split('-').map((seconds) => Number(seconds) * 1_000);
  const world = new World({ switches: { windowSeconds: bounds }, anyWindow: true });
  world.rekey('tun-a1');
  world.pass(min - 1);
  expect(world.gateway('vpn-1')).toBe('updating');
  world.pass(max - min + 1);
  expect(world.gateway('vpn-1')).toBe('active');
});

test('a stuck gateway stays busy until the fault is cleared', () => {
  const world = new World();
  world.cloud.faults.set([{ kind: 'stuck-updating', nth: 1 }]);
  expect(world.rekey('tun-a1')).toBe('200');
  world.pass(100 * WINDOW_MS);
  expect(world.gateway('vpn-1')).toBe('updating');
  world.cloud.vpc.stuck.clear();
  world.pass(1_000);
  expect(world.gateway('vpn-1')).toBe('active');
});

test('the journal tells when a window opened and closed', () => {
  const world = new World();
  const seen: string[] = [];
  world.cloud.vpc.observers.push(({ at, kind, id }) => seen.push(`${at - START} ${kind} ${id}`));
  world.rekey('tun-a1');
  world.pass(WINDOW_MS);
  expect(seen).toEqual([
    '0 configured vco-a',
    '0 window-opened vpn-1',
    '10000 window-closed vpn-1',
    '10000 sa-down vco-a',
  ]);
});

test.each(['active', 'updating'] as const)(
  'connectionState: a connection that is being changed shows %s, its neighbour active',
  (connectionState) => {
    const world = new World({ switches: { connectionState } });
    const shown = (id: string) =>
      world.ok('DescribeVpnConnection', { RegionId: REGION, VpnConnectionId: id })['State'];
    world.rekey('tun-a1');
    expect([shown('vco-a'), shown('vco-b')]).toEqual([connectionState, 'active']);
    world.pass(WINDOW_MS);
    expect(shown('vco-a')).toBe('active');
  },
);
