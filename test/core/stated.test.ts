import { expect, test } from 'vitest';
import { covered, pick, statedBy } from '../../functions/core/stated.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { NEW, OLD, OTHER, REGION, rotation, target } from './builders.ts';

const ref = { regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: 'tun-1' };

test('a document states a tunnel through its own target or that of its connection', () => {
  const settings = { dpd: false };
  expect(statedBy(rotation([target({ settings })]), ref)).toEqual({ key: NEW, settings });
  const apart = rotation([
    target({ tunnelId: 'tun-2' }),
    target({ tunnelId: 'tun-1', key: OTHER }),
  ]);
  expect(statedBy(apart, ref)).toEqual({ key: OTHER, settings: {} });
});

test.each([
  [{ regionId: 'eu-central-1' }],
  [{ vpnConnectionId: 'vco-b' }],
  [{ tunnelId: 'tun-2' }],
])('a target of %j states nothing of it', (changes) => {
  expect(statedBy(rotation([target(changes)]), ref)).toBeNull();
});

test.each([
  ['nothing changes', [], [{ key: null, settings: {} }], true],
  ['there is no statement', ['key'], [], false],
  ['nothing changes and there is no statement', [], [], false],
  ['the key is stated', ['key'], [{ key: new Redacted(OLD.expose()), settings: {} }], true],
  ['another key is stated', ['key'], [{ key: NEW, settings: {} }], false],
  ['no key is stated', ['key'], [{ key: null, settings: {} }], false],
  [
    'the second statement has it',
    ['key'],
    [
      { key: NEW, settings: {} },
      { key: OLD, settings: {} },
    ],
    true,
  ],
  ['the setting is stated', ['dpd'], [{ key: null, settings: { dpd: true } }], true],
  ['another value is stated', ['dpd'], [{ key: null, settings: { dpd: false } }], false],
  ['the setting is not stated', ['dpd'], [{ key: OLD, settings: {} }], false],
  ['only the setting is stated', ['key', 'dpd'], [{ key: NEW, settings: { dpd: true } }], false],
  [
    'two statements have half each',
    ['key', 'dpd'],
    [
      { key: OLD, settings: {} },
      { key: null, settings: { dpd: true } },
    ],
    false,
  ],
] as const)('covered where %s', (_, changes, statements, expected) => {
  expect(covered({ key: OLD, settings: { dpd: true } }, changes, statements)).toBe(expected);
});

test('a key that could not be read has nothing that could be stored', () => {
  expect(covered({ key: null, settings: {} }, ['key'], [{ key: null, settings: {} }])).toBe(true);
});

test('picks the named settings that have a value', () => {
  const settings = { ikeVersion: 'ikev2', dpd: false, ikeLifetimeSeconds: 0 };
  expect(pick(settings, ['dpd', 'key', 'ikeLifetimeSeconds', 'localId'])).toEqual({
    dpd: false,
    ikeLifetimeSeconds: 0,
  });
  expect(pick(settings, [])).toEqual({});
  expect('localId' in pick(settings, ['localId'])).toBe(false);
});
