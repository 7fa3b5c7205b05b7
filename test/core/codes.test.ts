import { expect, test } from 'vitest';
import { CODES, KeyturnError, reason } from '../../functions/core/codes.ts';

const entries = Object.entries(CODES);

test.each(entries)('%s has a sentence and a remedy', (_, { sentence, remedy }) => {
  expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(remedy).toMatch(/^[A-Z].*\.$/);
});

test('no two codes say the same', () => {
  expect(new Set(entries.map(([, { sentence }]) => sentence)).size).toBe(entries.length);
});

test('an error says its code, its sentence and the place', () => {
  const cause = new Error('below');
  const error = new KeyturnError('no-secrets', 'in the command', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('KeyturnError');
  expect(error.code).toBe('no-secrets');
  expect(error.detail).toBe('in the command');
  expect(error.cause).toBe(cause);
  expect(error.exit).toBe(1);
  expect(error.message).toBe(`no-secrets: ${CODES['no-secrets'].sentence} in the command`);
  expect(new KeyturnError('held', '').message).toBe(`held: ${CODES.held.sentence}`);
  expect(new KeyturnError('held', '').exit).toBe(4);
});

test('a reason without a place has an empty one', () => {
  expect(reason('ready')).toEqual({ code: 'ready', detail: '' });
  expect(reason('ready', 'x')).toEqual({ code: 'ready', detail: 'x' });
});
