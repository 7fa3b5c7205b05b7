import { describe, expect, test } from 'vitest';
import { brokenPskRule } from '../../functions/core/psk.ts';

describe('a pre-shared key', () => {
  test.each([
    ['one character', 'x'],
    ['a hundred characters', 'x'.repeat(100)],
    ['every documented special that all sources agree on', 'a~!`@#$%^&*()_-+={}[]|;:,.<>/?'],
    ['two asterisks', 'example**psk'],
    ['digits only', '0123456789'],
  ])('may be %s', (_name, key) => {
    expect(brokenPskRule(key)).toBeNull();
  });

  test.each([
    ['empty', '', /1 to 100/],
    ['longer than a hundred', 'x'.repeat(101), /1 to 100/],
    ['with a space', 'example psk', /spaces/],
    ['with a tab', 'example\tpsk', /only letters/],
    ['with a line end', 'example-psk\n', /only letters/],
    ['with a quote', "example'psk", /only letters/],
    ['with a double quote', 'example"psk', /only letters/],
    ['with a backslash', 'example\\psk', /only letters/],
    ['with a letter outside ASCII', 'exämple-psk', /only letters/],
    ['with half a surrogate pair', 'example\ud83d', /only letters/],
    ['masked as the console shows it', '123456****', /masked/],
    ['masked altogether', '***', /masked/],
    ['two asterisks alone', '**', /masked/],
  ])('is refused: %s', (_name, key, rule) => {
    expect(brokenPskRule(key)).toMatch(rule);
  });
});
