import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  admitted,
  allowance,
  fresh,
  nextStart,
  sent,
  spentMs,
  throttled,
} from '../../functions/core/rate.ts';
import type { RateLimit, RateState } from '../../functions/core/rate.ts';
import { durationMs, epochMs, minutes } from '../../functions/core/units.ts';

const START = epochMs(1_700_000_000_000);
const limits: fc.Arbitrary<RateLimit> = fc.record({
  calls: fc.integer({ min: 1, max: 40 }),
  perMs: fc.integer({ min: 1_000, max: 60_000 }).map(durationMs),
  saveMs: fc.constant(durationMs(0)),
});
const many: fc.Arbitrary<RateLimit> = fc.record({
  calls: fc.integer({ min: 300, max: 600 }),
  perMs: fc.constant(durationMs(1_000)),
  saveMs: fc.constant(durationMs(0)),
});
/** Limits whose parts may be saved up. */
const saving: fc.Arbitrary<RateLimit> = fc
  .oneof(limits, many)
  .chain((limit) =>
    fc
      .integer({ min: 1, max: 600_000 })
      .map((saveMs) => ({ ...limit, saveMs: durationMs(saveMs) })),
  );

/** When calls begin that ask for their turn after pauses of these lengths. */
function starts(
  limit: RateLimit,
  part: number,
  pauses: readonly number[],
  from = START,
): readonly number[] {
  let state = fresh(from);
  let now = from;
  return pauses.map((pause) => {
    now = epochMs(now + pause);
    now = nextStart(limit, part, state, now);
    state = sent(limit, part, state, now);
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

const parts = fc.double({ min: 0.001, max: 0.9, noNaN: true });
const atOnce = (calls: number): readonly number[] => Array.from({ length: calls }, () => 0);

test('a part of less than one call has one in a longer stretch', () => {
  fc.assert(
    fc.property(limits, parts, (limit, part) => {
      const less = Math.min(part, 0.9 / limit.calls);
      const [first = 0, second = 0] = starts(limit, less, [0, 0]);
      expect((second - first) * limit.calls * less).toBeGreaterThanOrEqual(limit.perMs);
    }),
  );
});

test('a part that was saved up is used no faster than the whole, and is no more than was saved', () => {
  fc.assert(
    fc.property(saving, parts, pauses, (limit, part, gaps) => {
      const at = starts(limit, part, gaps);
      const perMs = (limit.calls * part) / limit.perMs;
      for (const [index, begin] of at.entries()) {
        const after = at.slice(index);
        const stretch = after.filter((other) => other < begin + limit.perMs);
        expect(stretch.length).toBeLessThanOrEqual(limit.calls);
        for (const [calls, other] of after.entries()) {
          expect(calls).toBeLessThanOrEqual((limit.saveMs + other - begin) * perMs + 1 + 1e-6);
        }
      }
    }),
  );
});

test('parts that are used up one after the other stay within the whole', () => {
  const bursts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(fc.oneof(limits, many), bursts, (drawn, calls) => {
      const limit = { ...drawn, saveMs: minutes(1_000) };
      let begin: number = START;
      const all = calls.flatMap((count) => {
        const from = epochMs(begin);
        begin += spentMs(limit, count);
        return starts(limit, 0.5, atOnce(count), from);
      });
      for (const [index, start] of all.entries()) {
        const later = all[index + limit.calls] ?? Number.POSITIVE_INFINITY;
        expect(later - start).toBeGreaterThanOrEqual(limit.perMs);
      }
    }),
    { numRuns: 20 },
  );
});

test('what the limit allows goes at once, and a full one is waited for no longer than its length', () => {
  fc.assert(
    fc.property(limits, (limit) => {
      const at = starts(limit, 1, atOnce(limit.calls + 1));
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
        state = sent(limit, 1, state, now);
      }
      expect(state.sent.length).toBeLessThanOrEqual(limit.calls);
    }),
  );
});

const MINUTE: RateLimit = { calls: 100, perMs: durationMs(60_000), saveMs: durationMs(0) };

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
