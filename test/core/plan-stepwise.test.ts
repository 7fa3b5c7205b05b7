import { expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import type { SaStatus, Tunnel } from '../../functions/core/fleet.ts';
import {
  MASKED,
  NEW,
  REGION,
  claimant,
  connection,
  fleet,
  planned,
  readable,
  rotation,
  target,
  tunnel,
} from './builders.ts';

const document = rotation([target()], { handover: { mode: 'stepwise', followWithinHours: 24 } });

function plan(
  slave: Partial<Tunnel>,
  master: Partial<Tunnel> = {},
  state: { readonly overdue?: boolean; readonly promote?: boolean } = {},
  wanted = document,
) {
  const world = fleet(
    connection({
      tunnels: [
        tunnel({ tunnelId: 'tun-m', ...master }),
        tunnel({ tunnelId: 'tun-s', role: 'slave', ...slave }),
      ],
    }),
  );
  const [only] = planned(world, [claimant(wanted)], { 'psk/a': state });
  return { ...only!, ids: only!.steps.map((step) => step.tunnel.tunnelId) };
}

const withNew = (sa: SaStatus) => ({ key: readable(NEW), sa });

test('first the slave alone, not waited for', () => {
  const first = plan({});
  expect(first).toMatchObject({ verdict: 'ready', reason: reason('ready'), finish: 'wait' });
  expect(first.ids).toEqual(['tun-s']);
  expect(first.steps[0]?.wasUp).toBe(false);
});

test('then nothing, until the slave is up with the next key', () => {
  expect(plan(withNew('down'), { sa: 'down' })).toMatchObject({
    verdict: 'waiting',
    reason: reason('peer-follows', `${REGION}/vpn-1/cgw-1`),
    finish: 'wait',
    steps: [],
  });
});

test('then the master', () => {
  const second = plan(withNew('up'));
  expect(second).toMatchObject({ verdict: 'ready', finish: 'wait' });
  expect(second.ids).toEqual(['tun-m']);
});

test('past its time it is blocked', () => {
  expect(plan(withNew('up'), {}, { overdue: true })).toMatchObject({
    verdict: 'blocked',
    reason: reason('stepwise-overdue', `${REGION}/vpn-1/cgw-1`),
    steps: [],
  });
});

test('keys that cannot be read are no state to go by', () => {
  const hold = { ...document, onFailure: 'hold' } as const;
  expect(plan({}, { key: MASKED }, {}, hold)).toMatchObject({
    verdict: 'blocked',
    reason: reason('stepwise-unreadable', `${REGION}/vco-a/tun-m`),
    steps: [],
  });
  expect(plan({ key: MASKED }, { key: MASKED }, {}, hold).reason.detail).toMatch(/tun-m$/);
  const noKey = { ...hold, targets: [target({ key: null, settings: { dpd: false } })] };
  expect(plan({}, { key: MASKED }, {}, noKey).ids).toEqual(['tun-s']);
});

test('a current version is applied at once', () => {
  const now = plan({}, {}, { promote: false, overdue: true });
  expect(now).toMatchObject({ verdict: 'ready', finish: 'converge' });
  expect(now.ids).toEqual(['tun-s', 'tun-m']);
});
