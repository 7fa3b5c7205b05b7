import { expect, test } from 'vitest';
import type { Target } from '../../functions/core/document.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import { sharedKeys } from '../../functions/core/key-sharing.ts';
import { connection, fleet, target, tunnel } from './builders.ts';

/** The number of the shared key of each target, in their order. */
function numbers(
  connections: readonly (readonly [string, ...string[]])[],
  targets: Partial<Target>[],
) {
  const world = fleet(
    ...connections.map(([vpnConnectionId, ...customerGateways]) =>
      connection({
        vpnConnectionId,
        tunnels: customerGateways.map((customerGatewayId, at) =>
          tunnel({ tunnelId: `tun-${at}`, customerGatewayId }),
        ),
      }),
    ),
  );
  const members = [...groupsOf(world).values()].flatMap((group) =>
    group.members.map((member) => ({ ...member, groupId: group.id })),
  );
  const built = targets.map((changes) => target(changes));
  const shared = sharedKeys(built, members);
  return built.map((one) => shared.get(one));
}

const a = { vpnConnectionId: 'vco-a' };
const b = { vpnConnectionId: 'vco-b' };
const c = { vpnConnectionId: 'vco-c' };

test('targets of one group share a key, those of another have their own', () => {
  const world = [
    ['vco-a', 'cgw-1'],
    ['vco-b', 'cgw-2'],
    ['vco-c', 'cgw-1'],
  ] as const;
  expect(numbers(world, [a, b, c])).toEqual([0, 1, 0]);
  expect(numbers(world, [b, a, c])).toEqual([0, 1, 1]);
});

test('a target over two groups ties them together, wherever it stands', () => {
  const world = [
    ['vco-a', 'cgw-1'],
    ['vco-b', 'cgw-2'],
    ['vco-c', 'cgw-1', 'cgw-2'],
  ] as const;
  expect(numbers(world, [a, b, c])).toEqual([0, 0, 0]);
  expect(numbers(world, [c, b, a])).toEqual([0, 0, 0]);
});

test('so does a chain of such targets, against the order of the document', () => {
  const world = [
    ['vco-a', 'cgw-1'],
    ['vco-b', 'cgw-2', 'cgw-3'],
    ['vco-c', 'cgw-1', 'cgw-2'],
    ['vco-d', 'cgw-3'],
    ['vco-e', 'cgw-9'],
  ] as const;
  const rest = [{ vpnConnectionId: 'vco-d' }, { vpnConnectionId: 'vco-e' }];
  expect(numbers(world, [a, b, ...rest, c])).toEqual([0, 0, 0, 1, 0]);
});

test('tunnels of one connection on two customer gateways are two groups', () => {
  const world = [['vco-a', 'cgw-1', 'cgw-2']] as const;
  expect(numbers(world, [{ tunnelId: 'tun-0' }, { tunnelId: 'tun-1' }])).toEqual([0, 1]);
});

test('a target that names no tunnel of the fleet has a key of its own', () => {
  const world = [['vco-a', 'cgw-1']] as const;
  expect(numbers(world, [a, b, { regionId: 'eu-central-1' }, a])).toEqual([0, 1, 2, 0]);
});
