import { describe, expect, test } from 'vitest';
import { NEW, OLD, WINDOW_MS, World } from './world.ts';

const TOKEN = { ClientToken: 'example-token' };
const MINUTE_MS = 60_000;
const OTHER = 'example-psk-other';

/** Accepts a write under the token, then lets another one change the key again. */
function overwritten(world: World): World {
  expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('200');
  world.pass(WINDOW_MS);
  expect(world.rekey('tun-a1', OTHER)).toBe('200');
  world.pass(WINDOW_MS);
  return world;
}

test('the same request again gets the earlier answer and does nothing', () => {
  const world = overwritten(new World());
  expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('200');
  expect(world.key('tun-a1')).toBe(OTHER);
  expect(world.gateway('vpn-1')).toBe('active');
});

test('the same request is answered even while the gateway is busy', () => {
  const world = new World();
  world.rekey('tun-a1', NEW, TOKEN);
  expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('200');
});

test('another request under the token is refused', () => {
  const world = overwritten(new World());
  expect(world.rekey('tun-a1', OLD, TOKEN)).toBe('400 IdempotentParameterMismatch');
  expect(world.rekey('tun-a2', NEW, TOKEN)).toBe('400 IdempotentParameterMismatch');
  const Name = 'x';
  const other = world.outcome('ModifyVpnConnectionAttribute', {
    VpnConnectionId: 'vco-a',
    RegionId: 'cn-hangzhou',
    Name,
    ...TOKEN,
  });
  expect(other).toBe('400 IdempotentParameterMismatch');
});

test('a definite refusal is remembered', () => {
  const world = new World();
  const wrong = { 'TunnelIkeConfig.IkePfs': 'group99' };
  expect(world.modify('tun-a1', wrong, TOKEN)).toBe('400 IllegalParam.IkePfs');
  expect(world.modify('tun-a1', wrong, TOKEN)).toBe('400 IllegalParam.IkePfs');
  expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('400 IdempotentParameterMismatch');
});

describe('how long a token is remembered', () => {
  const rewrites = (world: World): boolean => {
    world.rekey('tun-a1', NEW, TOKEN);
    return world.key('tun-a1') === NEW;
  };

  test('not at all', () => {
    expect(rewrites(overwritten(new World({ switches: { tokenRetention: 'none' } })))).toBe(true);
  });

  test.each([
    ['minutes', 10],
    ['day', 24 * 60],
  ] as const)('%s', (tokenRetention, minutes) => {
    const world = overwritten(new World({ switches: { tokenRetention } }));
    world.pass(minutes * MINUTE_MS - 2 * WINDOW_MS - 1);
    expect(rewrites(world)).toBe(false);
    world.pass(1);
    expect(rewrites(world)).toBe(true);
  });
});

describe('a busy refusal', () => {
  const refused = (world: World): World => {
    world.rekey('tun-a1');
    expect(world.rekey('tun-a2', NEW, TOKEN)).toBe('400 VpnGateway.Configuring');
    world.pass(WINDOW_MS);
    return world;
  };

  test('does not burn the token', () => {
    const world = refused(new World({ switches: { busyBurnsToken: 'no' } }));
    expect(world.rekey('tun-a2', NEW, TOKEN)).toBe('200');
  });

  test('burns the token', () => {
    const world = refused(new World({ switches: { busyBurnsToken: 'yes' } }));
    expect(world.rekey('tun-a2', NEW, TOKEN)).toBe('400 VpnGateway.Configuring');
    expect(world.rekey('tun-a2', NEW)).toBe('200');
  });
});

describe('repeatedToken: the same request again while its change is being configured', () => {
  test.each([
    'LastTokenProcessing',
    'OperationFailed.LastTokenProcessing',
    'IdempotenceProcessing',
  ] as const)('%s, and the earlier answer afterwards', (repeatedToken) => {
    const world = new World({ switches: { repeatedToken } });
    world.rekey('tun-a1', NEW, TOKEN);
    expect(world.rekey('tun-a1', NEW, TOKEN)).toBe(`400 ${repeatedToken}`);
    world.pass(WINDOW_MS);
    expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('200');
    expect(world.gateway('vpn-1')).toBe('active');
  });

  test('another change of the gateway does not count', () => {
    const world = new World({ switches: { repeatedToken: 'LastTokenProcessing' } });
    world.rekey('tun-a1', NEW, TOKEN);
    world.pass(WINDOW_MS);
    world.rekey('tun-b1');
    expect(world.rekey('tun-a1', NEW, TOKEN)).toBe('200');
  });
});

test.each([
  ['of 64 characters', 'x'.repeat(64), '200'],
  ['of 65', 'x'.repeat(65), '400 InvalidClientToken'],
  ['outside ASCII', 'schlüssel', '400 InvalidClientToken'],
  ['that is empty', '', '400 InvalidClientToken'],
])('a token %s', (_name, ClientToken, outcome) => {
  expect(new World().rekey('tun-a1', NEW, { ClientToken })).toBe(outcome);
});
