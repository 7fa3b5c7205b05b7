import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jitterOf } from '../../functions/core/jitter.ts';
import { seconds } from '../../functions/core/units.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

test('is at least nothing, below its limit, and the same each time', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 900 }), (name, limit) => {
      const jitter = jitterOf(digest(name), seconds(limit));
      expect(jitter).toBeGreaterThanOrEqual(0);
      expect(jitter).toBeLessThan(Math.max(1, limit * 1000));
      expect(jitterOf(digest(name), seconds(limit))).toBe(jitter);
    }),
  );
});

test('a thousand accounts begin all over the time, not in one second', () => {
  const buckets = new Set<number>();
  for (let account = 0; account < 1000; account += 1) {
    buckets.add(Math.floor(jitterOf(digest(`account ${account}`), seconds(100)) / 1000));
  }
  expect(buckets.size).toBeGreaterThan(95);
});
