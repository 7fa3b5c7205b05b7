import { expect, test } from 'vitest';
import {
  after,
  between,
  durationMs,
  epochMs,
  minutes,
  seconds,
} from '../../functions/core/units.ts';

test('every length is in milliseconds', () => {
  expect(durationMs(1500)).toBe(1500);
  expect(seconds(1.5)).toBe(1500);
  expect(minutes(2)).toBe(120_000);
});

test('a length after an instant, and from one to the other', () => {
  expect(after(epochMs(1000), seconds(1))).toBe(2000);
  expect(between(epochMs(1000), epochMs(2500))).toBe(1500);
});
