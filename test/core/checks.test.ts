import { describe, expect, test } from 'vitest';
import { CHECKS } from '../../functions/core/checks.ts';
import type { Reason } from '../../functions/core/codes.ts';
import type { RotationDocument, Target } from '../../functions/core/document.ts';
import type { Fleet } from '../../functions/core/fleet.ts';
import {
  MASKED,
  NEW,
  OTHER,
  REGION,
  claimant,
  connection,
  fleet,
  gateway,
  planned,
  rotation,
  target,
  tunnel,
  withTunnels,
} from './builders.ts';

const A = connection();
const B = connection({ vpnConnectionId: 'vco-b' });

/** Why the only group is not ready, or null where it is. */
function refusal(
  world: Fleet,
  targets: readonly Partial<Target>[] = [{}],
  options: Partial<RotationDocument> = {},
): Reason | null {
  const document = rotation(
    targets.map((changes, at) => target({ path: `targets[${at}]`, ...changes })),
    options,
  );
  const plans = planned(world, [claimant(document)]);
  expect(plans).toHaveLength(1);
  const [plan] = plans;
  if (plan?.verdict === 'ready') return null;
  expect(plan?.verdict).toBe('blocked');
  return plan?.reason ?? null;
}

test('the checks run in this order', () => {
  expect(CHECKS.map(({ name }) => name)).toEqual([
    'claim',
    'agreement',
    'gateway',
    'connection',
    'bgp',
    'restorable',
    'partner',
    'second path',
  ]);
});

test('nothing stands in the way', () => {
  expect(refusal(fleet(A))).toBeNull();
});

test('the first check that fires gives the reason', () => {
  const world = { ...fleet({ ...A, state: 'deleting' }), gateways: [] };
  expect(refusal(world, [{ tunnelId: 'vco-a-s' }])?.code).toBe('group-incomplete');
  expect(refusal(world)?.code).toBe('gateway-not-found');
});

describe('agreement', () => {
  const disagree = { code: 'group-contradicts', detail: expect.any(String) as string };
  const pair = (left: Partial<Target>, right: Partial<Target>) =>
    refusal(fleet(A, B), [left, { vpnConnectionId: 'vco-b', ...right }]);

  test('two connections with one key', () => {
    expect(pair({}, {})).toBeNull();
  });

  test('two connections with two keys; the tunnels are named', () => {
    expect(pair({}, { key: OTHER })).toEqual({
      code: 'group-contradicts',
      detail: `${REGION}/vco-a/vco-a-m and ${REGION}/vco-b/vco-b-m`,
    });
  });

  test.each([
    [{ ikeVersion: 'ikev1' }, { ikeVersion: 'ikev2' }],
    [{ ikeMode: 'main' }, { ikeMode: 'aggressive' }],
    [{ ikeEncryption: 'aes' }, { ikeEncryption: 'aes256' }],
    [{ ikeAuthentication: 'md5' }, { ikeAuthentication: 'sha1' }],
    [{ ikePfs: 'group2' }, { ikePfs: 'group5' }],
    [{ ikeLifetimeSeconds: 3600 }, { ikeLifetimeSeconds: 7200 }],
  ])('%j and %j', (left, right) => {
    expect(pair({ settings: left }, { settings: right })).toEqual(disagree);
    expect(pair({ settings: left }, { settings: left })).toBeNull();
  });

  test.each([
    [{ localId: 'left' }, { localId: 'right' }],
    [{ remoteId: 'left' }, { remoteId: 'right' }],
    [{ ipsecPfs: 'group2' }, { ipsecPfs: 'group5' }],
    [{ dpd: true }, { dpd: false }],
  ])('%j and %j may differ: no phase-1 setting, or one of each tunnel', (left, right) => {
    expect(pair({ settings: left }, { settings: right })).toBeNull();
  });

  test('what one target leaves out counts as it is on the tunnel', () => {
    expect(pair({}, { key: null })).toEqual(disagree);
    expect(pair({ key: null }, {})).toEqual(disagree);
    expect(pair({}, { settings: { ikeVersion: 'ikev1' } })).toEqual(disagree);
    expect(pair({}, { settings: { ikeVersion: 'ikev2' } })).toBeNull();
  });

  test('what no target names may differ, and so may what cannot be read', () => {
    const odd = withTunnels(B, () => ({ settings: { ikeVersion: 'ikev1' } }));
    const targets = [{}, { vpnConnectionId: 'vco-b' }];
    expect(refusal(fleet(A, odd), targets)).toBeNull();
    const bare = withTunnels(B, () => ({ settings: {} }));
    const named = [{ settings: { ikeVersion: 'ikev1' } }, { vpnConnectionId: 'vco-b' }];
    expect(refusal(fleet(A, bare), named)).toBeNull();
  });

  test('any two connections are compared, not each with the first', () => {
    const C = connection({ vpnConnectionId: 'vco-c' });
    const unread = withTunnels(A, () => ({ key: MASKED }));
    const targets = [
      { key: null },
      { vpnConnectionId: 'vco-b' },
      { vpnConnectionId: 'vco-c', key: OTHER },
    ];
    expect(refusal(fleet(unread, B, C), targets, { onFailure: 'hold' })).toEqual({
      code: 'group-contradicts',
      detail: `${REGION}/vco-b/vco-b-m and ${REGION}/vco-c/vco-c-m`,
    });
  });

  test('the two tunnels of one connection may differ, whatever their roles', () => {
    const targets = [{ tunnelId: 'vco-a-m' }, { tunnelId: 'vco-a-s', key: OTHER }];
    expect(refusal(fleet(A), targets)).toBeNull();
    const equal = withTunnels(A, () => ({ role: 'equal' }));
    expect(refusal(fleet(equal), targets)).toBeNull();
  });
});

test('masters and slaves have keys of their own', () => {
  const each = (vpnConnectionId: string) => [
    { vpnConnectionId, tunnelId: `${vpnConnectionId}-m` },
    { vpnConnectionId, tunnelId: `${vpnConnectionId}-s`, key: OTHER },
  ];
  expect(refusal(fleet(A, B), [...each('vco-a'), ...each('vco-b')])).toBeNull();
});

describe('gateway', () => {
  const on = (changes: Parameters<typeof gateway>[0]) =>
    refusal({ ...fleet(A), gateways: [gateway(changes)] });

  test.each([
    [{ vpnGatewayId: 'vpn-2' }, 'gateway-not-found', 'vpn-1'],
    [{ regionId: 'eu-central-1' }, 'gateway-not-found', 'vpn-1'],
    [{ shangMi: true, financialLocked: true }, 'gateway-shangmi', 'vpn-1'],
    [{ financialLocked: true, status: 'deleting' }, 'gateway-locked', 'vpn-1'],
    [{ status: 'provisioning' }, 'gateway-not-active', 'vpn-1 is provisioning'],
    [{ status: 'init' }, 'gateway-not-active', 'vpn-1 is init'],
    [{ status: 'deleting' }, 'gateway-not-active', 'vpn-1 is deleting'],
  ])('%j: %s', (changes, code, detail) => {
    expect(on(changes)).toEqual({ code, detail });
  });

  test('a gateway in change is waited for', () => {
    expect(on({ status: 'updating' })).toBeNull();
  });

  test('an attachment has none', () => {
    const attachment = connection({ kind: 'attachment', vpnGatewayId: null });
    expect(refusal({ gateways: [], connections: [attachment] })).toBeNull();
  });
});

describe('connection', () => {
  test.each(['active', 'attached', 'init', 'updating', 'upgrading'])('%s is workable', (word) => {
    expect(refusal(fleet({ ...A, state: word }))).toBeNull();
  });

  test.each(['attaching', 'detaching', 'detached', 'deleting', 'financiallocked', 'new word'])(
    '%s is not',
    (word) => {
      expect(refusal(fleet({ ...A, state: word }))).toEqual({
        code: 'connection-not-active',
        detail: `vco-a is ${word}`,
      });
    },
  );

  test('a tunnel that is being deleted', () => {
    const going = withTunnels(A, ({ role }) => (role === 'slave' ? { state: 'deleting' } : {}));
    expect(refusal(fleet(going))).toEqual({
      code: 'connection-not-active',
      detail: `${REGION}/vco-a/vco-a-s is deleting`,
    });
    expect(refusal(fleet(withTunnels(A, () => ({ state: 'updating' }))))).toBeNull();
  });
});

describe('bgp', () => {
  test.each([
    { bgpLocalAsn: 65_530 },
    { bgpLocalIp: '169.254.11.1' },
    { bgpTunnelCidr: '169.254.11.0/30' },
  ])('%j needs BGP to be on', (settings) => {
    expect(refusal(fleet(A), [{ settings }])).toEqual({
      code: 'bgp-off',
      detail: `${REGION}/vco-a/vco-a-m`,
    });
    const on = withTunnels(A, () => ({ bgpEnabled: true }));
    expect(refusal(fleet(on), [{ settings }])).toBeNull();
  });
});

describe('restorable', () => {
  const masked = withTunnels(A, ({ role }) => (role === 'slave' ? { key: MASKED } : {}));

  test('a key that cannot be read and stands in no version', () => {
    expect(refusal(fleet(masked))).toEqual({
      code: 'not-restorable',
      detail: `${REGION}/vco-a/vco-a-s`,
    });
  });

  test('nothing has to be restored where a failure is left to a person', () => {
    expect(refusal(fleet(masked), [{}], { onFailure: 'hold' })).toBeNull();
  });
});

describe('partner', () => {
  const halfMasked = connection({
    kind: 'attachment',
    vpnGatewayId: null,
    tunnels: [
      tunnel({ tunnelId: 'tun-1', role: 'equal', index: 1 }),
      tunnel({ tunnelId: 'tun-2', role: 'equal', index: 2, key: MASKED }),
    ],
  });

  test('the key of the other tunnel has to be sent along and cannot be read', () => {
    const dpdOff = [{ key: null, settings: { dpd: false } }];
    expect(refusal(fleet(halfMasked), dpdOff, { onFailure: 'hold' })).toEqual({
      code: 'partner-unreadable',
      detail: `${REGION}/vco-a/tun-2`,
    });
    const options = { onFailure: 'hold', allowInterruption: true } as const;
    expect(refusal(fleet(halfMasked), dpdOff, options)).toBeNull();
  });

  test('the key of the tunnel that is written need not be known', () => {
    const apart = withTunnels(halfMasked, ({ index }) => ({ customerGatewayId: `cgw-${index}` }));
    const written = [{ tunnelId: 'tun-2', key: null, settings: { dpd: false } }];
    expect(refusal(fleet(apart), written, { onFailure: 'hold' })).toBeNull();
    const other = [{ tunnelId: 'tun-1', key: null, settings: { dpd: false } }];
    expect(refusal(fleet(apart), other, { onFailure: 'hold' })?.code).toBe('partner-unreadable');
  });

  test('a call for one tunnel takes no other along', () => {
    const dual = withTunnels(A, () => ({ key: MASKED }));
    expect(refusal(fleet(dual), [{}], { onFailure: 'hold' })).toBeNull();
  });
});

describe('second path', () => {
  const partnerDown = withTunnels(A, ({ role }) => (role === 'slave' ? { sa: 'down' } : {}));

  test('the other tunnel is down', () => {
    expect(refusal(fleet(partnerDown))).toEqual({
      code: 'no-second-path',
      detail: `${REGION}/vco-a/vco-a-m`,
    });
  });

  test('a connection of a single tunnel', () => {
    const single = connection({
      kind: 'single-tunnel',
      tunnels: [tunnel({ tunnelId: null, role: 'only' })],
    });
    expect(refusal(fleet(single))?.code).toBe('no-second-path');
    expect(refusal(fleet(single), [{ key: NEW }], { allowInterruption: true })).toBeNull();
  });

  test('nothing is left to be cut where both are down', () => {
    expect(refusal(fleet(withTunnels(A, () => ({ sa: 'down' }))))).toBeNull();
  });
});
