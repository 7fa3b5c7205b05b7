import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

const password = (params: Record<string, string> = {}, seed = 1): string =>
  String(new Kms({}, seed).call('GetRandomPassword', params)['RandomPassword']);

test('32 characters with one of each type, from the seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const text = password({ PasswordLength: '8' }, seed);
    expect(text).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9])[!-~]{8}$/);
  }
  expect(password()).toHaveLength(32);
  expect(password()).toBe(password());
  expect(password()).not.toBe(password({}, 2));
});

test('leaves out what is excluded', () => {
  const text = password({
    PasswordLength: '128',
    ExcludePunctuation: 'true',
    ExcludeUppercase: 'true',
    ExcludeCharacters: 'abc012',
  });
  expect(text).toMatch(/^[d-z3-9]{128}$/);
});

test('types need not all appear', () => {
  const digits = { ExcludeLowercase: 'true', ExcludeUppercase: 'true', PasswordLength: '8' };
  const texts = Array.from({ length: 40 }, (_, seed) =>
    password({ ...digits, RequireEachIncludedType: 'false' }, seed),
  );
  expect(texts.some((text) => !/\d/.test(text))).toBe(true);
});

test.each([
  { PasswordLength: '7' },
  { PasswordLength: '129' },
  { ExcludeNumbers: 'yes' },
  {
    ExcludeLowercase: 'true',
    ExcludeUppercase: 'true',
    ExcludeNumbers: 'true',
    ExcludePunctuation: 'true',
  },
])('%o is refused', (params) => {
  expect(new Kms().outcome('GetRandomPassword', params)).toBe('400 InvalidParameter');
});
