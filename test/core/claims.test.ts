import { describe, expect, test } from 'vitest';
import { matchClaims } from '../../functions/core/claims.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import {
  NEW,
  OTHER,
  REGION,
  claimant,
  claimed,
  connection,
  fleet,
  rotation,
  target,
  tunnel,
} from './builders.ts';

const A = connection({ vpnConnectionId: 'vco-a' });
const B = connection({ vpnConnectionId: 'vco-b' });
const both = [target(), target({ vpnConnectionId: 'vco-b', path: 'targets[1]' })];

test('a target without a tunnel id names every tunnel of its connection', () => {
  const [claim] = claimed(fleet(A), [claimant()]);
  expect(claim?.fault).toBeNull();
  expect([...claim!.wanted]).toEqual([
    [`${REGION}/vco-a/vco-a-m`, { key: NEW, settings: {} }],
    [`${REGION}/vco-a/vco-a-s`, { key: NEW, settings: {} }],
  ]);
});

test('a target with a tunnel id names that tunnel alone', () => {
  const own = { key: OTHER, settings: { dpd: false } };
  const document = rotation([
    target({ tunnelId: 'vco-a-m' }),
    target({ tunnelId: 'vco-a-s', path: 'targets[1]', ...own }),
  ]);
  const [claim] = claimed(fleet(A), [claimant(document)]);
  expect(claim?.fault).toBeNull();
  expect(claim?.wanted.get(`${REGION}/vco-a/vco-a-m`)).toEqual({ key: NEW, settings: {} });
  expect(claim?.wanted.get(`${REGION}/vco-a/vco-a-s`)).toEqual(own);
});

test('groups keep the order of the fleet, and those that nobody names are left out', () => {
  const world = fleet(
    connection({ vpnConnectionId: 'vco-x', vpnGatewayId: 'vpn-x' }),
    connection({ vpnConnectionId: 'vco-b', vpnGatewayId: 'vpn-b' }),
    connection({ vpnConnectionId: 'vco-a', vpnGatewayId: 'vpn-a' }),
  );
  const claims = claimed(world, [claimant(rotation(both))]);
  expect(claims.map(({ group }) => group.vpnGatewayId)).toEqual(['vpn-b', 'vpn-a']);
});

describe('targets that are not in the fleet', () => {
  const faultsOf = (...targets: Parameters<typeof target>[0][]) => {
    const document = rotation(targets.map((changes) => target(changes)));
    return matchClaims([claimant(document)], fleet(A), groupsOf(fleet(A))).faults;
  };

  test('an unknown connection', () => {
    expect([...faultsOf({ vpnConnectionId: 'vco-z' })]).toEqual([
      ['psk/a', { code: 'target-not-found', detail: `targets[0]: vco-z in ${REGION}` }],
    ]);
  });

  test('the connection is in another region', () => {
    expect(faultsOf({ regionId: 'eu-central-1' }).get('psk/a')?.code).toBe('target-not-found');
  });

  test('an unknown tunnel of a known connection', () => {
    expect(faultsOf({ tunnelId: 'tun-z' }).get('psk/a')).toEqual({
      code: 'tunnel-not-found',
      detail: `targets[0]: vco-a in ${REGION}, tun-z`,
    });
  });

  test('the first fault is the one that is told', () => {
    const faults = faultsOf({ tunnelId: 'tun-z' }, { vpnConnectionId: 'vco-z' });
    expect(faults.get('psk/a')?.code).toBe('tunnel-not-found');
    expect(faults.size).toBe(1);
  });

  test('a document that fits has none', () => {
    expect(faultsOf({}).size).toBe(0);
  });
});

describe('faults of a group', () => {
  test('one tunnel is left out', () => {
    const [claim] = claimed(fleet(A), [claimant(rotation([target({ tunnelId: 'vco-a-s' })]))]);
    expect(claim?.fault).toEqual({
      code: 'group-incomplete',
      detail: `psk/a leaves out ${REGION}/vco-a/vco-a-m`,
    });
  });

  test('two documents that only together name the whole group', () => {
    const [claim] = claimed(fleet(A, B), [
      claimant(rotation([both[0]!]), 'psk/a'),
      claimant(rotation([both[1]!]), 'psk/b'),
    ]);
    expect(claim?.fault).toEqual({
      code: 'group-incomplete',
      detail: `psk/a leaves out ${REGION}/vco-b/vco-b-m`,
    });
    expect(claim?.claimants.map(({ secretName }) => secretName)).toEqual(['psk/a', 'psk/b']);
  });

  test('two documents that want different keys', () => {
    const [claim] = claimed(fleet(A), [
      claimant(rotation(), 'psk/a'),
      claimant(rotation([target({ key: OTHER })]), 'psk/b'),
    ]);
    expect(claim?.fault).toEqual({
      code: 'documents-contradict',
      detail: `psk/b targets[0]: ${REGION}/vco-a/vco-a-m`,
    });
  });

  test('two documents that say the same', () => {
    const [claim] = claimed(fleet(A), [claimant(rotation(), 'a'), claimant(rotation(), 'b')]);
    expect(claim?.fault).toBeNull();
    expect(claim?.claimants).toHaveLength(2);
  });

  test('the first of two faults is kept', () => {
    const [claim] = claimed(fleet(A), [
      claimant(rotation([target({ tunnelId: 'vco-a-m' })]), 'psk/a'),
      claimant(rotation([target({ key: OTHER })]), 'psk/b'),
    ]);
    expect(claim?.fault?.code).toBe('group-incomplete');
  });

  test('a fault of one group is not one of another', () => {
    const split = connection({
      tunnels: [
        tunnel({ tunnelId: 'tun-1' }),
        tunnel({ tunnelId: 'tun-2', customerGatewayId: 'cgw-2' }),
      ],
    });
    const claims = claimed(fleet(split), [claimant(rotation([target({ tunnelId: 'tun-2' })]))]);
    expect(claims.map(({ group, fault }) => [group.customerGatewayId, fault])).toEqual([
      ['cgw-2', null],
    ]);
  });
});
