import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Redacted } from '../../functions/core/redacted.ts';

const KEY = 'example-psk-canary';
const secret = new Redacted(KEY);

test('only expose() gives the value', () => {
  expect(secret.expose()).toBe(KEY);
});

test('equality is that of the values, not of the objects', () => {
  expect(secret.equals(new Redacted(KEY))).toBe(true);
  expect(secret.equals(new Redacted('example-psk-other'))).toBe(false);
});

test.each([
  ['String()', String(secret), '<redacted>'],
  ['a template', `key ${secret as unknown as string}`, 'key <redacted>'],
  ['concatenation', 'key ' + (secret as unknown as string), 'key <redacted>'],
  ['toString', secret.toString(), '<redacted>'],
  ['JSON', JSON.stringify({ key: secret }), '{"key":"<redacted>"}'],
  ['inspect', inspect(secret), '<redacted>'],
  ['inspect, nested', inspect({ deep: [{ key: secret }] }, { depth: 9 }), /<redacted>/],
  ['format %s', format('%s', secret), '<redacted>'],
  ['format %o', format('%o', secret), '<redacted>'],
  ['format %j', format('%j', secret), '"<redacted>"'],
  ['an error message', new Error(secret as unknown as string).message, '<redacted>'],
  ['an error cause', inspect(new Error('no', { cause: secret })), /<redacted>/],
])('%s prints no key', (_, printed, expected) => {
  expect(printed).toMatch(expected);
  expect(printed).not.toContain('canary');
});

test('no key without the custom inspector, in a copy or as a property', () => {
  expect(inspect(secret, { customInspect: false, showHidden: true })).not.toContain('canary');
  expect(inspect(Object.assign({}, secret))).toBe('{}');
  expect(inspect(structuredClone(secret))).not.toContain('canary');
  expect(Reflect.ownKeys(secret)).toEqual([]);
});
