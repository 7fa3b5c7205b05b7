import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  NOTHING_SEEN,
  among,
  nextLook,
  pauseFor,
  wayToGo,
  withWindow,
} from '../../functions/core/poll.ts';
import type { WindowsSeen } from '../../functions/core/poll.ts';
import { durationMs } from '../../functions/core/units.ts';

const seen = (...lengths: readonly number[]): WindowsSeen =>
  lengths.reduce((windows, length) => withWindow(windows, durationMs(length)), NOTHING_SEEN);
const times = (count: number, length: number): WindowsSeen =>
  seen(...Array.from({ length: count }, () => length));

/** The pause of a lane of which nobody knows that it has less to go than others. */
const pause = (waitedMs: number, expected: WindowsSeen): number =>
  pauseFor({ waitedMs: durationMs(waitedMs), expected, steps: null }, durationMs(0));
/** The pause of a lane with so many steps to go, where the longest has so many, all of the same windows. */
const pauseOf = (steps: number, longest: number, expected: WindowsSeen): number =>
  pauseFor({ waitedMs: durationMs(0), expected, steps }, wayToGo(longest, expected));

const lengths = fc.integer({ min: 0, max: 400_000 });
const some = fc.array(lengths, { minLength: 1, maxLength: 60 });
const any = fc.array(lengths, { maxLength: 60 });

test('the mean lies between the shortest and the longest that was seen', () => {
  fc.assert(
    fc.property(some, (all) => {
      const { meanMs, shortestMs, count } = seen(...all);
      expect(count).toBe(all.length);
      expect(shortestMs).toBe(Math.min(...all));
      expect(meanMs).toBeGreaterThanOrEqual(shortestMs - 1e-6);
      expect(meanMs).toBeLessThanOrEqual(Math.max(...all) + 1e-6);
    }),
  );
});

test('windows that change are followed', () => {
  const slow = Array.from({ length: 100 }, () => 100_000);
  const fast = Array.from({ length: 100 }, () => 10_000);
  expect(seen(...slow, ...fast).meanMs).toBeLessThan(20_000);
});

test('what is expected of one lies between its own windows and all that were seen', () => {
  fc.assert(
    fc.property(some, any, (own, others) => {
      const all = seen(...own, ...others);
      const expected = among(seen(...own), all);
      const means = [seen(...own).meanMs, all.meanMs];
      expect(expected.meanMs).toBeGreaterThanOrEqual(Math.min(...means) - 1e-6);
      expect(expected.meanMs).toBeLessThanOrEqual(Math.max(...means) + 1e-6);
      expect(expected).toEqual({ ...all, meanMs: expected.meanMs });
    }),
  );
});

test('of one that has shown no window, what all have shown is expected', () => {
  fc.assert(
    fc.property(any, (all) => {
      const { meanMs } = among(NOTHING_SEEN, seen(...all));
      expect(meanMs).toBeCloseTo(seen(...all).meanMs, 6);
    }),
  );
});

test('a gateway’s own windows count the more, the more of them were seen', () => {
  const all = times(100, 44_000);
  expect(among(times(2, 12_000), all).meanMs).toBe(36_000);
  expect(among(times(6, 12_000), all).meanMs).toBe(28_000);
});

test('where nothing was seen, a look finds a window over at most an eighth late', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4_000, max: 240_000 }), (length) => {
      let waited = 0;
      while (waited < length) waited += pause(waited, NOTHING_SEEN);
      expect(waited - length).toBeLessThanOrEqual(length / 8 + 1);
    }),
  );
});

test('once windows were seen, a mean window has eleven and a quarter looks, whatever has been waited so far', () => {
  for (const waited of [1, 20_000, 60_000]) expect(pause(waited, seen(45_000))).toBe(4_000);
});

test('a window that lasts far longer than any before is looked at less and less often', () => {
  expect(pause(160_000, seen(11_250))).toBe(10_000);
  expect(pause(10_000_000, seen(11_250))).toBe(30_000);
});

test('the lane with the longest way is looked at as if it were alone, and so is one that must not be late', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), some, (steps, all) => {
      const expected = seen(...all);
      const alone = pause(0, expected);
      expect(pauseOf(steps, steps, expected)).toBe(alone);
      const prompt = { waitedMs: durationMs(0), expected, steps: null };
      expect(pauseFor(prompt, wayToGo(steps + 20, expected))).toBe(alone);
    }),
  );
});

test('the further a lane is ahead of the longest, the rarer its looks, and the more so the fewer its steps', () => {
  const steps = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(steps, fc.nat(20), fc.nat(5), some, (left, lead, more, all) => {
      const expected = seen(...all);
      const near = pauseOf(left, left + lead, expected);
      expect(pauseOf(left, left + lead + more, expected)).toBeGreaterThanOrEqual(near);
      expect(pauseOf(left + more, left + more + lead, expected)).toBeLessThanOrEqual(near);
    }),
  );
});

test('a lane that is ahead by what chance alone brings about is looked at a quarter more rarely', () => {
  // Two lanes of eight steps differ by about √(8 ÷ 2) = 2 windows.
  expect(pauseOf(8, 10, seen(45_000))).toBe(5_000);
  expect(pauseOf(8, 12, seen(45_000))).toBe(8_000);
});

test('a lead is one of time: slow gateways have the longer way with as many steps', () => {
  const longest = wayToGo(10, seen(60_000));
  const slow = { waitedMs: durationMs(0), expected: seen(60_000), steps: 10 };
  const quick = { ...slow, expected: seen(30_000) };
  expect(pauseFor(slow, longest)).toBe(pause(0, seen(60_000)));
  expect(pauseFor(quick, longest)).toBeGreaterThan(3 * pause(0, seen(30_000)));
});

interface At {
  readonly lookedMs?: number;
  readonly writesWaitMs?: number;
}

const look = (waits: readonly number[], expected: WindowsSeen, at: At = {}): number =>
  nextLook(
    waits.map((waited) => ({ waitedMs: durationMs(waited), expected, steps: 1 })),
    {
      lookedMs: durationMs(at.lookedMs ?? 0),
      writesWaitMs: durationMs(at.writesWaitMs ?? 0),
      longestWayMs: durationMs(0),
    },
  );

test('the next look is as soon as the most impatient of the waiting asks for, and in whole milliseconds', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 500_000 }), { minLength: 1 });
  fc.assert(
    fc.property(waits, any, (waited, all) => {
      const expected = seen(...all);
      const next = look(waited, expected);
      expect(Number.isInteger(next)).toBe(true);
      expect(next).toBe(Math.min(...waited.map((one) => look([one], expected))));
    }),
  );
});

test('no pause is longer than half a minute, whoever waits and however far it is ahead', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(40), fc.nat(), any, (waited, steps, way, all) => {
      const one = { waitedMs: durationMs(waited), expected: seen(...all), steps };
      const past = { lookedMs: durationMs(0), writesWaitMs: durationMs(0) };
      const next = nextLook([one], { ...past, longestWayMs: durationMs(way) });
      expect(next).toBeGreaterThanOrEqual(0);
      expect(next).toBeLessThanOrEqual(30_000);
    }),
  );
});

test('the time since the last look counts', () => {
  expect(look([1_000], seen(45_000), { lookedMs: 1_500 })).toBe(2_500);
  expect(look([1_000], seen(45_000), { lookedMs: 9_000 })).toBe(0);
});

test('no gateway is looked at much sooner than the shortest window that was ever seen', () => {
  expect(look([15_000], times(10, 50_000))).toBe(25_000);
  expect(look([30_000], times(10, 50_000))).toBe(10_000);
});

test('while writes have to wait for their turn, so do looks', () => {
  expect(look([1_000], seen(11_250))).toBe(1_000);
  expect(look([1_000], seen(11_250), { writesWaitMs: 20_000 })).toBe(10_000);
});
