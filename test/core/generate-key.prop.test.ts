import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateKey, GENERATED_KEY_LENGTH } from '../../functions/core/generate-key.ts';
import { brokenPskRule } from '../../functions/core/psk.ts';

/** Hands out the given bytes, then counts up from zero so that every generation ends. */
function source(given: Uint8Array) {
  let at = 0;
  const take = () => given[at] ?? (at - given.length) % 248;
  return (count: number) =>
    Uint8Array.from({ length: count }, () => {
      const byte = take();
      at += 1;
      return byte;
    });
}

test('a generated key has 43 letters and digits and is a valid key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (given) => {
      const key = generateKey(source(given));
      expect(key).toMatch(/^[A-Za-z0-9]{43}$/);
      expect(brokenPskRule(key)).toBeNull();
    }),
  );
});

test('bytes that would bias the key leave no trace in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 248, max: 255 }), { maxLength: 100 }),
      fc.uint8Array({ minLength: 43, maxLength: 43, max: 247 }),
      (biased, fair) => {
        const mixed = generateKey(source(Uint8Array.from([...biased, ...fair])));
        expect(mixed).toBe(generateKey(source(fair)));
      },
    ),
  );
});

test('every letter and digit stands for exactly four bytes', () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 248; byte += 1) {
    const [letter = ''] = generateKey((count) => new Uint8Array(count).fill(byte));
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(counts.size).toBe(62);
  expect(new Set(counts.values())).toEqual(new Set([4]));
});

test('the length holds 256 bits and is the least that does', () => {
  expect(GENERATED_KEY_LENGTH * Math.log2(62)).toBeGreaterThanOrEqual(256);
  expect((GENERATED_KEY_LENGTH - 1) * Math.log2(62)).toBeLessThan(256);
});
