import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alike } from '../../functions/core/alike.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { MASKED, OTHER, connection, readable, tunnel } from './builders.ts';

/** Plain values with keys among them; `make` gives the same value anew. */
const plain = fc.letrec<{ value: () => unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, undefined, true, 0, -0, 1, '', '1').map((scalar) => () => scalar),
    fc.string({ maxLength: 3 }).map((text) => () => new Redacted(text)),
    fc.array(tie('value'), { maxLength: 3 }).map((list) => () => list.map((make) => make())),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'))
      .map(
        (fields) => () =>
          Object.fromEntries(Object.entries(fields).map(([name, make]) => [name, make()])),
      ),
  ),
})).value;

/** What a value says, in a form that shows keys. */
function told(value: unknown): string {
  if (value instanceof Redacted) return `key ${JSON.stringify(value.expose())}`;
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(told).join()}]`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${name}: ${told(field)}`).join()}}`;
}

test('always: alike are those that say the same', () => {
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      expect(alike(one(), one())).toBe(true);
      expect(alike(one(), other())).toBe(told(one()) === told(other()));
    }),
  );
});

test.each([
  { name: 'another' },
  { state: 'updating' },
  { effectImmediately: true },
  { tunnels: [tunnel()] },
  { tunnels: [tunnel(), tunnel({ sa: 'down' })] },
  { tunnels: [tunnel(), tunnel({ key: readable(OTHER) })] },
  { tunnels: [tunnel(), tunnel({ key: MASKED })] },
  { tunnels: [tunnel(), tunnel({ settings: { ikeVersion: 'ikev2' } })] },
])('a connection that differs in one place is another: %#', (changes) => {
  const before = connection({ tunnels: [tunnel(), tunnel()] });
  expect(alike(before, connection({ tunnels: [tunnel(), tunnel()] }))).toBe(true);
  expect(alike(before, connection({ tunnels: [tunnel(), tunnel()], ...changes }))).toBe(false);
});
