import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from '../../../local/ram/pattern.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 8 });

test('agrees with the same pattern as a regular expression', () => {
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      const source = pattern.replaceAll('?', '.').replaceAll('*', '.*');
      expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a text without wildcards matches itself only', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(matchesPattern(one, other)).toBe(one === other);
    }),
  );
});

test('many stars do not take for ever', () => {
  expect(matchesPattern('*a'.repeat(200), 'a'.repeat(10_000) + 'b')).toBe(false);
});
