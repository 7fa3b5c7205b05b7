import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  admitted,
  allowance,
  fresh,
  nextStart,
  sent,
  throttled,
} from '../../functions/core/rate.ts';
import type { RateLimit, RateState } from '../../functions/core/rate.ts';
import { durationMs, epochMs } from '../../functions/core/units.ts';

const START = epochMs(1_700_000_000_000);
const limits: fc.Arbitrary<RateLimit> = fc.record({
  calls: fc.integer({ min: 1, max: 40 }),
  perMs: fc.integer({ min: 1_000, max: 60_000 }).map(durationMs),
});

/** When calls begin that ask for their turn after pauses of these lengths. */
function starts(limit: RateLimit, part: number, pauses: readonly number[]): readonly number[] {
  let state = fresh(START);
  let now = START;
  return pauses.map((pause) => {
    now = epochMs(now + pause);
    now = nextStart(limit, part, state, now);
    state = sent(limit, state, now);
    return now;
  });
}

const pauses = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 120 });

test('no stretch of the documented length has more calls than this run’s part of the limit', () => {
  fc.assert(
    fc.property(limits, fc.constantFrom(1, 0.5, 0.1), pauses, (limit, part, gaps) => {
      const at = starts(limit, part, gaps);
      const most = Math.max(1, Math.floor(limit.calls * part));
      for (const [index, begin] of at.entries()) {
        const inside = at.slice(index).filter((other) => other < begin + limit.perMs);
        expect(inside.length).toBeLessThanOrEqual(most);
      }
    }),
  );
});

test('what the limit allows goes at once, and a full one is waited for no longer than its length', () => {
  fc.assert(
    fc.property(limits, (limit) => {
      const at = starts(
        limit,
        1,
        Array.from({ length: limit.calls + 1 }, () => 0),
      );
      expect(at.slice(0, -1).every((begin) => begin === START)).toBe(true);
      const wait = (at.at(-1) ?? 0) - START;
      expect(wait).toBeGreaterThan(limit.perMs);
      expect(wait).toBeLessThanOrEqual(limit.perMs * 1.1 + 1);
    }),
  );
});

test('the state stays as small as the limit', () => {
  fc.assert(
    fc.property(limits, pauses, (limit, gaps) => {
      let state = fresh(START);
      let now = START;
      for (const gap of gaps) {
        now = epochMs(now + gap);
        state = sent(limit, state, now);
      }
      expect(state.sent.length).toBeLessThanOrEqual(limit.calls);
    }),
  );
});

const MINUTE: RateLimit = { calls: 100, perMs: durationMs(60_000) };

/** The state after so many refusals, each so long after the one before. */
function refused(times: number, apartMs: number): { state: RateState; now: number } {
  let state = fresh(START);
  let now: number = START;
  for (let n = 0; n < times; n += 1) {
    now += apartMs;
    state = throttled(MINUTE, state, epochMs(now), 0);
  }
  return { state, now };
}

test('a refusal cuts the share, several at one moment cut it once', () => {
  const once = refused(1, 1);
  const thrice = refused(3, 1);
  expect(allowance(MINUTE, 1, once.state, epochMs(once.now))).toBe(85);
  expect(allowance(MINUTE, 1, thrice.state, epochMs(thrice.now))).toBe(85);
});

test('the share grows back, all of it within two lengths of the limit', () => {
  const { state, now } = refused(50, 5_000);
  const low = allowance(MINUTE, 1, state, epochMs(now));
  expect(low).toBeLessThan(40);
  expect(allowance(MINUTE, 1, state, epochMs(now + 30_000))).toBeGreaterThan(low);
  expect(allowance(MINUTE, 1, state, epochMs(now + 120_000))).toBe(100);
});

test('refusals in a row are waited out longer and longer, until a call is taken', () => {
  const hold = ({ state, now }: { state: RateState; now: number }): number => state.holdUntil - now;
  expect(hold(refused(1, 3_000))).toBe(500);
  expect(hold(refused(2, 3_000))).toBe(1_000);
  expect(hold(refused(30, 3_000))).toBe(20_000);
  const { state, now } = refused(4, 3_000);
  const next = throttled(MINUTE, admitted(state), epochMs(now + 60_000), 0);
  expect(next.holdUntil - (now + 60_000)).toBe(500);
});

test('nothing is sent before the time that the service asked for', () => {
  const state = throttled(MINUTE, fresh(START), START, 7_000);
  expect(nextStart(MINUTE, 1, state, epochMs(START + 1))).toBe(START + 7_000);
});

test('however often it is refused, one call a stretch is left', () => {
  const { state, now } = refused(200, 100);
  expect(allowance({ ...MINUTE, calls: 1 }, 0.01, state, epochMs(now))).toBe(1);
});
