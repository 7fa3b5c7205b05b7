import { expect, test } from 'vitest';
import {
  PROOF_GUESS,
  WINDOW_GUESS,
  expectedDuration,
} from '../../functions/core/expected-duration.ts';
import { claimant, connection, fleet, planned, rotation, target, tunnel } from './builders.ts';

const to = (vpnConnectionId: string, vpnGatewayId: string) =>
  connection({
    vpnConnectionId,
    vpnGatewayId,
    tunnels: [
      tunnel({ tunnelId: `${vpnConnectionId}-m`, customerGatewayId: `cgw-${vpnConnectionId}` }),
      tunnel({
        tunnelId: `${vpnConnectionId}-s`,
        customerGatewayId: `cgw-${vpnConnectionId}`,
        role: 'slave',
      }),
    ],
  });

const plansOf = (...connections: readonly ReturnType<typeof to>[]) =>
  planned(fleet(...connections), [
    claimant(
      rotation(
        connections.map(({ vpnConnectionId }, at) =>
          target({ path: `targets[${at}]`, vpnConnectionId }),
        ),
      ),
    ),
  ]);

/** Both tunnels of a connection, each with its proof. */
const alone = (bound: 'least' | 'most'): number => 2 * (WINDOW_GUESS[bound] + PROOF_GUESS[bound]);

test('nothing to do takes no time', () => {
  expect(expectedDuration([])).toEqual({ least: 0, most: 0 });
});

test('a connection has its changes and proofs one after the other', () => {
  expect(expectedDuration(plansOf(to('vco-a', 'vpn-1')))).toEqual({
    least: alone('least'),
    most: alone('most'),
  });
});

test('after the canary, gateways work side by side', () => {
  const plans = plansOf(to('vco-a', 'vpn-1'), to('vco-b', 'vpn-2'), to('vco-c', 'vpn-3'));
  expect(expectedDuration(plans)).toEqual({ least: 2 * alone('least'), most: 2 * alone('most') });
});

test('one gateway has all its changes one after the other, proofs beside them', () => {
  const plans = plansOf(
    ...['vco-a', 'vco-b', 'vco-c', 'vco-d', 'vco-e', 'vco-f'].map((id) => to(id, 'vpn-1')),
  );
  const lane = 10 * WINDOW_GUESS.most + PROOF_GUESS.most;
  expect(expectedDuration(plans).most).toBe(alone('most') + lane);
});
