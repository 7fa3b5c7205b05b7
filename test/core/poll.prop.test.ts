import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING_SEEN, nextLook, pauseFor, withWindow } from '../../functions/core/poll.ts';
import type { WindowsSeen } from '../../functions/core/poll.ts';
import { durationMs } from '../../functions/core/units.ts';

const seen = (...lengths: readonly number[]): WindowsSeen =>
  lengths.reduce((windows, length) => withWindow(windows, durationMs(length)), NOTHING_SEEN);
const pause = (waitedMs: number, own: WindowsSeen, region: WindowsSeen): number =>
  pauseFor({ waitedMs: durationMs(waitedMs), own }, region);

const windows = fc.array(fc.integer({ min: 1_000, max: 400_000 }), { maxLength: 60 });

test('the mean lies between the shortest and the longest that was seen', () => {
  fc.assert(
    fc.property(windows, (lengths) => {
      fc.pre(lengths.length > 0);
      const { meanMs, shortestMs, count } = seen(...lengths);
      expect(count).toBe(lengths.length);
      expect(shortestMs).toBe(Math.min(...lengths));
      expect(meanMs).toBeGreaterThanOrEqual(shortestMs - 1e-6);
      expect(meanMs).toBeLessThanOrEqual(Math.max(...lengths) + 1e-6);
    }),
  );
});

test('windows that change are followed', () => {
  const slow = Array.from({ length: 100 }, () => 100_000);
  const fast = Array.from({ length: 100 }, () => 10_000);
  expect(seen(...slow, ...fast).meanMs).toBeLessThan(20_000);
});

test('where nothing was seen, a look finds a window over at most a tenth late', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4_000, max: 300_000 }), (length) => {
      let waited = 0;
      while (waited < length) waited += pause(waited, NOTHING_SEEN, NOTHING_SEEN);
      expect(waited - length).toBeLessThanOrEqual(length / 10);
    }),
  );
});

test('once windows were seen, the pause is an eleventh of them, whatever has been waited so far', () => {
  const region = seen(44_000, 44_000, 44_000);
  for (const waited of [1, 20_000, 60_000]) expect(pause(waited, NOTHING_SEEN, region)).toBe(4_000);
});

test('a gateway’s own windows count the more, the more of them were seen', () => {
  const region = seen(44_000);
  const few = pause(0, seen(11_000), region);
  const many = pause(0, seen(...Array.from({ length: 20 }, () => 11_000)), region);
  expect(few).toBeLessThan(4_000);
  expect(many).toBeLessThan(few);
  expect(many).toBeGreaterThanOrEqual(1_000);
});

test('a window that lasts far longer than any before is looked at less and less often', () => {
  const region = seen(11_000);
  expect(pause(220_000, NOTHING_SEEN, region)).toBe(10_000);
  expect(pause(10_000_000, NOTHING_SEEN, region)).toBe(30_000);
});

const one = (waitedMs: number) => ({ waitedMs: durationMs(waitedMs), own: NOTHING_SEEN });
const look = (
  waits: readonly number[],
  region: WindowsSeen,
  past: { lookedMs?: number; writesWaitMs?: number } = {},
): number =>
  nextLook(waits.map(one), region, {
    lookedMs: durationMs(past.lookedMs ?? 0),
    writesWaitMs: durationMs(past.writesWaitMs ?? 0),
  });

test('the next look is as soon as the most impatient of the waiting asks for, and in whole milliseconds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 500_000 }), { minLength: 1 }),
      windows,
      (w, s) => {
        const region = seen(...s);
        const next = look(w, region);
        expect(Number.isInteger(next)).toBe(true);
        const each = w.map((waited) => look([waited], region));
        expect(next).toBe(Math.min(...each));
      },
    ),
  );
});

test('the time since the last look counts', () => {
  const region = seen(44_000);
  expect(look([1_000], region, { lookedMs: 1_500 })).toBe(2_500);
  expect(look([1_000], region, { lookedMs: 9_000 })).toBe(0);
});

test('no gateway is looked at much sooner than the shortest window that was ever seen', () => {
  const region = seen(...Array.from({ length: 10 }, () => 50_000));
  expect(look([15_000], region)).toBe(25_000);
  expect(look([30_000], region)).toBe(10_000);
});

test('while writes have to wait for their turn, so do looks', () => {
  const region = seen(11_000);
  expect(look([1_000], region)).toBe(1_000);
  expect(look([1_000], region, { writesWaitMs: 20_000 })).toBe(10_000);
});
