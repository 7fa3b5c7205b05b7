import { describe, expect, test } from 'vitest';
import { NEGOTIATE_MS, NEW, OLD, REGION, WINDOW_MS, World } from './world.ts';

const SECOND_MS = 1_000;
/** The first waits between failed attempts: 5, 10, 20 … seconds. */
const FIRST_RETRY_MS = 5_000;

/** Writes the new key and lets the window end: what happens to the tunnel from then on is the far end's. */
function rekeyed(world: World): World {
  world.rekey('tun-a1');
  world.pass(WINDOW_MS);
  return world;
}

describe('a far end that', () => {
  test('has the new key negotiates at once', () => {
    const world = rekeyed(new World({ farEnd: { keys: [OLD, NEW] } }));
    expect(world.up('tun-a1')).toBe(false);
    world.pass(NEGOTIATE_MS - 1);
    expect(world.up('tun-a1')).toBe(false);
    world.pass(1);
    expect(world.up('tun-a1')).toBe(true);
  });

  test('lacks the key keeps the tunnel down, and the tunnel keeps trying', () => {
    const world = rekeyed(new World({ farEnd: { keys: [OLD] } }));
    world.pass(NEGOTIATE_MS / 2);
    expect(world.tunnel('tun-a1').session).toMatchObject({
      status: 'ike_sa_not_established',
      failedAttempts: 1,
      failure: { reason: 'key', field: null },
    });
    world.pass(FIRST_RETRY_MS + NEGOTIATE_MS / 2);
    expect(world.tunnel('tun-a1').session.failedAttempts).toBe(2);
    world.pass(3_600 * SECOND_MS);
    expect(world.up('tun-a1')).toBe(false);
    expect(world.up('tun-a2')).toBe(true);
  });

  test('follows takes the key over after its delay', () => {
    const delayMs = WINDOW_MS + 60 * SECOND_MS;
    const world = rekeyed(new World({ farEnd: { policy: 'follows', delayMs } }));
    world.pass(delayMs - WINDOW_MS - 1);
    expect(world.up('tun-a1')).toBe(false);
    world.pass(1 + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
  });

  test('does not negotiate by itself comes up with the next attempt of the gateway', () => {
    const delayMs = WINDOW_MS + SECOND_MS;
    const farEnd = { policy: 'follows', delayMs, initiates: false } as const;
    const world = rekeyed(new World({ farEnd }));
    world.pass(SECOND_MS + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(false);
    world.pass(FIRST_RETRY_MS);
    expect(world.up('tun-a1')).toBe(true);
  });

  test('follows the label loads the key when it is stored, not when it is written', () => {
    const data = { targets: [{ VpnConnectionId: 'vco-a', Psk: NEW }] };
    const version = { versionId: 'v1', labels: ['ACSCurrent', 'KeyturnNext'], data };
    const secrets = [{ name: 'vpn/a', versions: [version] }];
    const farEnd = { policy: 'follows-label', delayMs: 30 * SECOND_MS } as const;
    const world = new World({ farEnd, fleet: { secrets } });
    expect(world.tunnel('tun-a1').farEnd.keys).toEqual([OLD]);
    world.pass(30 * SECOND_MS);
    expect(world.tunnel('tun-a1').farEnd.keys).toEqual([OLD, NEW]);
    expect(world.tunnel('tun-c1').farEnd.keys).toEqual([OLD]);
    expect(world.up('tun-a1')).toBe(true);
    rekeyed(world).pass(NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
  });

  test('flaps goes down once a period and comes back', () => {
    const world = new World({ farEnd: { policy: 'flaps', delayMs: 60 * SECOND_MS } });
    world.pass(60 * SECOND_MS);
    expect(world.up('tun-a1')).toBe(false);
    world.pass(3 * SECOND_MS + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
    world.pass(57 * SECOND_MS);
    expect(world.up('tun-a1')).toBe(false);
  });

  test('insists on another setting is told apart from one with another key', () => {
    const world = rekeyed(new World({ farEnd: { keys: [NEW], settings: { IkePfs: 'group5' } } }));
    world.pass(NEGOTIATE_MS);
    expect(world.tunnel('tun-a1').session.failure).toMatchObject({
      reason: 'ike-settings',
      field: 'IkePfs',
      local: 'group14',
      remote: 'group5',
    });
  });

  test('insists on another phase 2 gets through phase 1', () => {
    const settings = { IpsecEncAlg: 'aes' };
    const world = rekeyed(new World({ farEnd: { keys: [NEW], settings } }));
    world.pass(NEGOTIATE_MS / 2);
    expect(world.tunnel('tun-a1').session.status).toBe('ike_sa_established');
    world.pass(NEGOTIATE_MS / 2);
    expect(world.tunnel('tun-a1').session.status).toBe('ipsec_sa_not_established');
  });
});

describe('an SA that was up when the key changed', () => {
  test('goes when the switch says so', () => {
    const world = rekeyed(new World({ switches: { oldSa: 'dropped' } }));
    expect(world.up('tun-a1')).toBe(false);
  });

  test('stays up, with a key the far end does not have, until it reauthenticates', () => {
    const world = new World({ switches: { oldSa: 'survives' } });
    const lifetime = { 'TunnelIkeConfig.IkeLifetime': '3600' };
    // The lifetime in force is that of the SA that is up, not the one that was written.
    world.modify('tun-a1', { 'TunnelIkeConfig.Psk': NEW, ...lifetime });
    world.pass(86_400 * SECOND_MS - 1);
    expect(world.up('tun-a1')).toBe(true);
    world.pass(1);
    expect(world.up('tun-a1')).toBe(false);
  });

  test('reauthenticates without going down when both ends agree', () => {
    const world = new World();
    world.pass(86_400 * SECOND_MS);
    expect(world.up('tun-a1')).toBe(true);
    expect(world.tunnel('tun-a1').session.ikeSaNumber).toBe(2);
  });
});

test('a tunnel that begins down stays down while nobody touches it', () => {
  const world = new World({
    fleet: {
      connections: [
        {
          id: 'vco-d',
          region: REGION,
          gateway: 'vpn-1',
          tunnels: [
            { id: 'tun-d1', customerGateway: 'cgw-1', key: OLD, up: false },
            { id: 'tun-d2', customerGateway: 'cgw-1', key: OLD },
          ],
        },
      ],
    },
  });
  world.pass(3_600 * SECOND_MS);
  expect([world.up('tun-d1'), world.up('tun-d2')]).toEqual([false, true]);
});

describe('effectImmediately: where it is off, a changed tunnel waits for traffic', () => {
  const TRAFFIC_MS = 5_000;
  const lazy = (effectImmediately: 'everyCall' | 'connectionCalls'): World => {
    const world = new World({ farEnd: { keys: [OLD, NEW] }, switches: { effectImmediately } });
    const connection = world.cloud.vpc.connections.get('vco-a');
    if (connection !== undefined) connection.effectImmediately = false;
    return world;
  };

  test('also after a call about one tunnel', () => {
    const world = rekeyed(lazy('everyCall'));
    world.pass(TRAFFIC_MS - 1);
    expect(world.tunnel('tun-a1').session.status).toBe('ike_sa_not_established');
    world.pass(1 + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
  });

  test('or only after calls about the connection', () => {
    const world = rekeyed(lazy('connectionCalls'));
    world.pass(NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
    world.ok('ModifyVpnConnectionAttribute', {
      RegionId: REGION,
      VpnConnectionId: 'vco-a',
      'TunnelOptionsSpecification.1.TunnelId': 'tun-a1',
      'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': OLD,
    });
    world.pass(WINDOW_MS + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(false);
  });

  test('unless the far end begins', () => {
    const farEnd = { policy: 'follows', delayMs: WINDOW_MS + 1 } as const;
    const world = new World({ farEnd, switches: { effectImmediately: 'everyCall' } });
    const connection = world.cloud.vpc.connections.get('vco-a');
    if (connection !== undefined) connection.effectImmediately = false;
    rekeyed(world).pass(1 + NEGOTIATE_MS);
    expect(world.up('tun-a1')).toBe(true);
  });
});
