import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  SETTING_NAMES,
  completed,
  differences,
  holds,
  readSetting,
  restated,
  sameWish,
} from '../../functions/core/compare.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { settingsEqual } from '../../functions/core/write.ts';
import {
  MASKED,
  NEW,
  OLD,
  SETTINGS,
  fleets,
  namedSettings,
  rotationsFor,
  tunnel,
} from './builders.ts';

const EMPTY = { kind: 'empty' } as const;
const wish = (key: Redacted | null, settings = {}) => ({ key, settings });

test('expectations in these tests tell keys apart', () => {
  expect({ key: NEW }).not.toEqual({ key: OLD });
  expect({ key: NEW }).not.toMatchObject({ key: OLD });
  expect({ key: NEW }).toEqual({ key: new Redacted(NEW.expose()) });
});

describe('holds', () => {
  test.each([
    ['nothing is wanted', tunnel(), wish(null), 'yes'],
    ['the key is there', tunnel(), wish(new Redacted(OLD.expose())), 'yes'],
    ['another key', tunnel(), wish(NEW), 'no'],
    ['a masked key', tunnel({ key: MASKED }), wish(OLD), 'unknown'],
    ['an empty key', tunnel({ key: EMPTY }), wish(OLD), 'unknown'],
    ['a masked key that nobody asks for', tunnel({ key: MASKED }), wish(null), 'yes'],
    ['the same setting', tunnel(), wish(null, { dpd: true }), 'yes'],
    ['another setting', tunnel(), wish(null, { dpd: false }), 'no'],
    ['a setting that was not read', tunnel(), wish(null, { natTraversal: true }), 'unknown'],
    ['masked, and a setting differs', tunnel({ key: MASKED }), wish(OLD, { dpd: false }), 'no'],
    ['unread, then another key', tunnel(), wish(NEW, { natTraversal: true }), 'no'],
    ['differs, then unread', tunnel(), wish(null, { ikeVersion: 'ikev1', localId: 'x' }), 'no'],
    ['unread, then differs', tunnel(), wish(null, { localId: 'x', dpd: false }), 'no'],
    ['its customer gateway', tunnel(), wish(null, { customerGatewayId: 'cgw-1' }), 'yes'],
    ['another customer gateway', tunnel(), wish(null, { customerGatewayId: 'cgw-2' }), 'no'],
  ])('%s', (_, read, wanted, expected) => {
    expect(holds(read, wanted)).toBe(expected);
  });

  test('always: a key that cannot be read is never held', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(MASKED, EMPTY), (text, key) => {
        expect(holds(tunnel({ key }), wish(new Redacted(text)))).toBe('unknown');
        expect(differences(tunnel({ key }), wish(new Redacted(text)))).toEqual(['key']);
      }),
    );
  });
});

test('differences come key first, then in the order of the API page', () => {
  const wanted = wish(NEW, { dpd: false, natTraversal: true, ikePfs: 'group14', ikeMode: 'main' });
  expect(differences(tunnel(), wanted)).toEqual(['key', 'ikeMode', 'dpd', 'natTraversal']);
  expect(differences(tunnel(), wish(OLD, SETTINGS))).toEqual([]);
});

test('the customer gateway is a field of the tunnel, not a setting as read', () => {
  const read = tunnel({ settings: { customerGatewayId: 'cgw-stale' } });
  expect(readSetting(read, 'customerGatewayId')).toBe('cgw-1');
  expect(readSetting(read, 'dpd')).toBeUndefined();
});

describe('the complete configuration', () => {
  test('lays what is wanted over what was read', () => {
    expect(completed(tunnel(), wish(NEW, { ikePfs: 'group5', ikeMode: 'main' }))).toEqual({
      key: NEW,
      settings: { ikeVersion: 'ikev2', ikePfs: 'group5', dpd: true, ikeMode: 'main' },
    });
  });

  test('restates the live key where none is wanted, and sends none that cannot be read', () => {
    expect(completed(tunnel(), wish(null)).key).toBe(OLD);
    expect(completed(tunnel({ key: MASKED }), wish(null)).key).toBeNull();
    expect(completed(tunnel({ key: EMPTY }), wish(NEW)).key).toBe(NEW);
  });

  test('names the customer gateway only where the document does', () => {
    const read = tunnel({ settings: { ...SETTINGS, customerGatewayId: 'cgw-1' } });
    expect(restated(read)).toEqual(SETTINGS);
    expect(completed(read, wish(NEW)).settings).toEqual(SETTINGS);
    const named = completed(read, wish(null, { customerGatewayId: 'cgw-2' }));
    expect(named.settings).toEqual({ ...SETTINGS, customerGatewayId: 'cgw-2' });
  });

  test('always: what is wanted is sent as wanted, everything else as it was read', () => {
    const drawn = fleets({ masked: true }).chain((world) =>
      fc.tuple(fc.constant(world), rotationsFor(world)),
    );
    fc.assert(
      fc.property(drawn, ([world, document]) => {
        for (const read of world.connections.flatMap((one) => one.tunnels)) {
          for (const wanted of document.targets) {
            const { settings } = completed(read, wanted);
            const named = namedSettings(wanted.settings);
            for (const name of SETTING_NAMES) {
              const source = named.includes(name) ? wanted.settings : read.settings;
              expect(settings[name]).toBe(source[name]);
            }
          }
        }
      }),
    );
  });
});

test.each([
  ['no keys', wish(null), wish(null), true],
  ['equal keys', wish(NEW), wish(new Redacted(NEW.expose())), true],
  ['other keys', wish(NEW), wish(OLD), false],
  ['a key on the left only', wish(NEW), wish(null), false],
  ['a key on the right only', wish(null), wish(NEW), false],
  ['equal settings', wish(NEW, { dpd: true }), wish(NEW, { dpd: true }), true],
  ['a setting that one names', wish(NEW, { dpd: true }), wish(NEW), false],
  ['other settings', wish(NEW, { dpd: true }), wish(NEW, { dpd: false }), false],
])('same wish: %s', (_, a, b, expected) => {
  expect(sameWish(a, b)).toBe(expected);
});

test.each([
  [{}, {}, true],
  [{ dpd: true, ikePfs: 'group2' }, { ikePfs: 'group2', dpd: true }, true],
  [{ dpd: true }, { dpd: false }, false],
  [{ dpd: true }, {}, false],
  [{}, { dpd: true }, false],
])('settings %j and %j are sent alike: %s', (a, b, expected) => {
  expect(settingsEqual(a, b)).toBe(expected);
});
