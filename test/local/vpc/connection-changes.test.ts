/** ModifyVpnConnectionAttribute and ModifyVpnAttachmentAttribute: the connection, and both tunnels at once. */
import { describe, expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { NEW, OLD, REGION, WINDOW_MS, World } from './world.ts';

const at = (id: string, params: Params = {}): Params => ({
  RegionId: REGION,
  VpnConnectionId: `vco-${id}`,
  ...params,
});
const options = (index: number, params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      `TunnelOptionsSpecification.${index}.${name}`,
      value,
    ]),
  );
const key = { 'TunnelIkeConfig.Psk': NEW };

test('both tunnels change in one window', () => {
  const world = new World();
  const both = {
    ...options(1, { TunnelId: 'tun-a1', ...key }),
    ...options(2, { TunnelId: 'tun-a2', ...key }),
  };
  expect(world.outcome('ModifyVpnConnectionAttribute', at('a'), both)).toBe('200');
  expect([world.key('tun-a1'), world.key('tun-a2')]).toEqual([NEW, NEW]);
  world.pass(WINDOW_MS);
  expect([world.up('tun-a1'), world.up('tun-a2')]).toEqual([false, false]);
});

test('a tunnel is named by id, by role or by index', () => {
  for (const name of [{ TunnelId: 'tun-a2' }, { Role: 'slave' }]) {
    const world = new World();
    world.ok('ModifyVpnConnectionAttribute', at('a'), options(1, { ...name, ...key }));
    expect([world.key('tun-a1'), world.key('tun-a2')]).toEqual([OLD, NEW]);
  }
  const world = new World();
  const index = options(1, { TunnelIndex: '1', ...key });
  world.ok('ModifyVpnAttachmentAttribute', at('t'), index);
  expect([world.key('tun-t1'), world.key('tun-t2')]).toEqual([NEW, OLD]);
});

test('one tunnel may not be named twice, nor one of another connection', () => {
  const twice = { ...options(1, { Role: 'slave', ...key }), ...options(2, { TunnelId: 'tun-a2' }) };
  const world = new World();
  const refused = world.outcome('ModifyVpnConnectionAttribute', at('a'), twice);
  expect(refused).toBe('400 IllegalParam.TunnelOptionsSpecification');
  const foreign = options(1, { TunnelId: 'tun-b1', ...key });
  const unknown = world.outcome('ModifyVpnConnectionAttribute', at('a'), foreign);
  expect(unknown).toBe('404 InvalidTunnelId.NotFound');
});

test('the lock is taken although no tunnel changes', () => {
  const world = new World();
  expect(world.outcome('ModifyVpnConnectionAttribute', at('a', { Name: 'renamed' }))).toBe('200');
  expect(world.cloud.vpc.connections.get('vco-a')?.name).toBe('renamed');
  expect(world.rekey('tun-b1')).toBe('400 VpnGateway.Configuring');
});

test('subnets and flags are taken over', () => {
  const world = new World();
  const params = {
    LocalSubnet: '10.50.0.0/16',
    RemoteSubnet: '192.168.7.0/24',
    EffectImmediately: 'false',
    EnableTunnelsBgp: 'true',
  };
  const body = world.ok('ModifyVpnConnectionAttribute', at('a', params));
  expect(body).toMatchObject({
    LocalSubnet: '10.50.0.0/16',
    RemoteSubnet: '192.168.7.0/24',
    EffectImmediately: false,
    EnableTunnelsBgp: true,
  });
});

describe('refused, and nothing changed', () => {
  test.each([
    [{ LocalSubnet: '10.0.0.1/16' }, '400 IllegalParam.LocalSubnet'],
    [{ RemoteSubnet: '' }, '400 IllegalParam.RemoteSubnet'],
    [{ EffectImmediately: 'yes' }, '400 IllegalParam.EffectImmediately'],
    [{ Name: '' }, '400 InvalidName'],
    [{ RegionId: '' }, '400 MissingRegionId'],
  ])('%j', (params, outcome) => {
    const world = new World();
    expect(world.outcome('ModifyVpnConnectionAttribute', at('a', params as Params))).toBe(outcome);
    expect(world.gateway('vpn-1')).toBe('active');
  });

  test('each call is for its own kind of connection', () => {
    const world = new World();
    const refused = '404 InvalidVpnConnectionInstanceId.NotFound';
    expect(world.outcome('ModifyVpnConnectionAttribute', at('t'))).toBe(refused);
    expect(world.outcome('ModifyVpnAttachmentAttribute', at('a'))).toBe(refused);
  });
});
