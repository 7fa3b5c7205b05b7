import { describe, expect, test } from 'vitest';
import { secretsOnly } from '../../functions/core/only.ts';
import { claimant, connection, fleet, planned, rotation, target, tunnel } from './builders.ts';

const to = (vpnConnectionId: string, customerGatewayId: string) =>
  connection({
    vpnConnectionId,
    tunnels: [tunnel({ tunnelId: `${vpnConnectionId}-m`, customerGatewayId })],
  });

const WORLD = fleet(to('vco-a', 'cgw-a'), to('vco-b', 'cgw-b'), to('vco-c', 'cgw-c'));
const naming = (...ids: readonly string[]) =>
  rotation(ids.map((vpnConnectionId, at) => target({ path: `targets[${at}]`, vpnConnectionId })));

const PLANS = planned(WORLD, [
  claimant(naming('vco-a'), 'psk/a'),
  claimant(naming('vco-b', 'vco-c'), 'psk/bc'),
  claimant(naming('vco-c'), 'psk/c'),
]);
const only = (...terms: readonly string[]) =>
  secretsOnly(terms, { secrets: ['psk/a', 'psk/bc', 'psk/c', 'psk/broken'], plans: PLANS });

describe('what can be named', () => {
  test.each(['psk/a', 'cgw-a', 'vco-a', 'cn-hangzhou/vpn-1/cgw-a'])('%s', (term) => {
    expect(only(term)).toEqual({ kind: 'secrets', names: ['psk/a'] });
  });
});

test('a gateway names everything behind it', () => {
  expect(only('vpn-1')).toEqual({ kind: 'secrets', names: ['psk/a', 'psk/bc', 'psk/c'] });
});

test('documents that share a group come together', () => {
  expect(only('cgw-b')).toEqual({ kind: 'secrets', names: ['psk/bc', 'psk/c'] });
});

test('a secret whose document cannot be used can be named all the same', () => {
  expect(only('psk/broken')).toEqual({ kind: 'secrets', names: ['psk/broken'] });
});

test('what nothing is called is told apart', () => {
  expect(only('psk/a', 'vco-z')).toEqual({ kind: 'unmatched', at: 1 });
});
