import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import type { ClaimState } from '../../functions/core/plan.ts';
import {
  NEW,
  OLD,
  claimant,
  connection,
  fleet,
  planned,
  readable,
  rotation,
  target,
  withTunnels,
} from './builders.ts';

const CLOSED = reason('outside-window', 'opens later');
const A = connection();
const believed = () => ({ key: OLD, settings: {} });
const slaveNew = withTunnels(A, ({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));

function plan(world = A, changes: Partial<ClaimState> = {}, document = rotation()) {
  const [only] = planned(fleet(world), [claimant(document)], {
    'psk/a': { closed: CLOSED, ...changes },
  });
  return only!;
}

describe('while a window is closed', () => {
  test('a group that is due waits, with its steps to be seen', () => {
    expect(plan()).toMatchObject({ verdict: 'waiting', reason: CLOSED });
    expect(plan().steps).toHaveLength(2);
    expect(plan(A, { closed: null })).toMatchObject({ verdict: 'ready' });
  });

  test('half a group is finished', () => {
    expect(plan(slaveNew)).toMatchObject({ verdict: 'ready' });
    expect(plan(slaveNew, { believed })).toMatchObject({ verdict: 'ready' });
  });

  test('a tunnel that was written and not proven is proven', () => {
    const unproven = withTunnels(A, () => ({ key: readable(NEW), sa: 'down' }));
    expect(plan(unproven, { believed })).toMatchObject({ verdict: 'ready' });
  });

  test('the next step of a stepwise rotation waits', () => {
    const stepwise = rotation([target()], {
      handover: { mode: 'stepwise', followWithinHours: 24 },
    });
    expect(plan(slaveNew, { believed }, stepwise)).toMatchObject({
      verdict: 'waiting',
      reason: CLOSED,
    });
  });

  test('what is refused is refused, what waits for the far end waits for it, what holds holds', () => {
    const held = reason('held');
    expect(plan(A, { held })).toMatchObject({ verdict: 'blocked', reason: held });
    const waiting = reason('peer-not-ready');
    expect(plan(A, { waiting })).toMatchObject({ verdict: 'waiting', reason: waiting });
    const whole = withTunnels(A, () => ({ key: readable(NEW) }));
    expect(plan(whole)).toMatchObject({ verdict: 'converged' });
  });
});
