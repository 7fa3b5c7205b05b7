import { describe, expect, test } from 'vitest';
import { NEW, OLD, REGION, WINDOW_MS, World } from './world.ts';

type Shown = { readonly TunnelId: string; readonly Status: string };

function shown(world: World): string | undefined {
  const body = world.ok('DescribeVpnConnection', { VpnConnectionId: 'vco-a', RegionId: REGION });
  const { TunnelOptions } = body['TunnelOptionsSpecification'] as { TunnelOptions: Shown[] };
  return TunnelOptions.find(({ TunnelId }) => TunnelId === 'tun-a1')?.Status;
}

describe('the status of a tunnel', () => {
  test('is live', () => {
    const world = new World({ switches: { statusFreshness: 'live' } });
    world.rekey('tun-a1');
    world.pass(WINDOW_MS);
    expect(shown(world)).toBe('ike_sa_not_established');
  });

  test('is that of the last poll, ten seconds apart', () => {
    const world = new World({ switches: { statusFreshness: 'polled' } });
    world.pass(3_000);
    world.rekey('tun-a1');
    world.pass(WINDOW_MS);
    expect(world.up('tun-a1')).toBe(false);
    expect(shown(world)).toBe('ipsec_sa_established');
    world.pass(6_999);
    expect(shown(world)).toBe('ipsec_sa_established');
    world.pass(1);
    expect(shown(world)).toBe('ike_sa_not_established');
  });
});

describe('a write whose answer was lost on the way in', () => {
  const lost = (lostWrite: 'never' | 'landsLate', lengthMs = WINDOW_MS) => {
    const windowMs = { min: lengthMs, max: lengthMs };
    const world = new World({ switches: { lostWrite }, fleet: { windowMs } });
    world.cloud.faults.set([{ kind: 'reset-before', nth: 1 }]);
    expect(
      world.call('ModifyTunnelAttribute', {
        VpnConnectionId: 'vco-a',
        TunnelId: 'tun-a1',
        'TunnelOptionsSpecification.TunnelIkeConfig.Psk': NEW,
      }).status,
    ).toBe(0);
    return world;
  };

  test('never lands', () => {
    const world = lost('never');
    world.pass(60_000);
    expect(world.key('tun-a1')).toBe(OLD);
  });

  test('lands up to half a minute later', () => {
    const world = lost('landsLate');
    world.pass(1_999);
    expect(world.key('tun-a1')).toBe(OLD);
    world.pass(28_001);
    expect(world.key('tun-a1')).toBe(NEW);
  });

  test('that lands while the gateway is busy is refused, and nobody hears of it', () => {
    const world = lost('landsLate', 60_000);
    expect(world.rekey('tun-a2')).toBe('200');
    world.pass(60_000);
    expect([world.key('tun-a1'), world.key('tun-a2')]).toEqual([OLD, NEW]);
    expect(world.gateway('vpn-1')).toBe('active');
  });
});
