import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientToken } from '../../functions/core/client-token.ts';
import type { TokenParts } from '../../functions/core/client-token.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const asText = (parts: TokenParts): string => clientToken(parts, (text) => text);

const PARTS: TokenParts = {
  nonce: '00112233445566778899aabbccddeeff',
  secretName: 'psk/a',
  versionId: 'v2',
  subject: 'cn-hangzhou/vco-a/tun-1',
  direction: 'apply',
  generation: 0,
};

test('the hash of the parts, in order', () => {
  const expected =
    '["00112233445566778899aabbccddeeff","psk/a","v2","cn-hangzhou/vco-a/tun-1","apply",0]';
  expect(asText(PARTS)).toBe(expected);
  expect(clientToken(PARTS, sha256Hex)).toBe(sha256Hex(expected));
});

test('nothing else goes in: a key beside the parts changes nothing', () => {
  const more = { ...PARTS, key: 'example-psk-canary' };
  expect(asText(more)).toBe(asText(PARTS));
});

// Pieces that would run into each other if the parts were joined with a character of their own.
const piece = fc.string({ unit: fc.constantFrom('a', '/', ',', '"', '\\', '0', '\n', '\ud800') });
const parts: fc.Arbitrary<TokenParts> = fc.record({
  nonce: piece,
  secretName: piece,
  versionId: piece,
  subject: piece,
  direction: fc.constantFrom('apply', 'restore'),
  generation: fc.nat({ max: 12 }),
});

test('always: 64 hex characters', () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      expect(clientToken(drawn, sha256Hex)).toMatch(/^[0-9a-f]{64}$/);
    }),
  );
});

test('always: what is hashed gives every part back, so no two lists of parts collide', () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      const { nonce, secretName, versionId, subject, direction, generation } = drawn;
      const back = JSON.parse(asText(drawn)) as unknown;
      expect(back).toEqual([nonce, secretName, versionId, subject, direction, generation]);
    }),
  );
});
