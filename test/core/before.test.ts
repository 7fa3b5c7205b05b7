import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBefore, renderBefore, savedFor } from '../../functions/core/before.ts';
import type { BeforeTunnel } from '../../functions/core/before.ts';
import { PARAMETERS } from '../../functions/core/parameters.ts';
import { tunnelName } from '../../functions/core/fleet.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { OLD } from './builders.ts';

const ENTRY = {
  regionId: 'cn-hangzhou',
  vpnConnectionId: 'vco-a',
  tunnelId: 'tun-1',
  key: 'example-psk-old',
  settings: { ikeVersion: 'ikev2', ikeLifetimeSeconds: 86_400, dpd: false },
};
const RECORD = { schema: 'keyturn/before/1', forVersionId: 'v2', tunnels: [ENTRY] };
const parse = (value: unknown) => parseBefore(JSON.stringify(value));

test('the stored form', () => {
  const { regionId, vpnConnectionId, tunnelId, settings } = ENTRY;
  const tunnel = { regionId, vpnConnectionId, tunnelId };
  const tunnels = new Map([[tunnelName(tunnel), { tunnel, key: OLD, settings }]]);
  const saved = { forVersionId: 'v2', tunnels };
  const text = renderBefore({ ...saved, earlier: null });
  expect(text).toBeInstanceOf(Redacted);
  expect(JSON.parse(text.expose())).toEqual(RECORD);
  expect(parse(RECORD)).toEqual({ ...saved, earlier: null });
});

test('a record keeps what the one before it had saved', () => {
  const record = parse({ ...RECORD, earlier: { forVersionId: 'v1', tunnels: [ENTRY] } });
  expect(savedFor(record, 'v2')).toBe(record);
  expect(savedFor(record, 'v1')).toMatchObject({ forVersionId: 'v1' });
  expect(savedFor(record, 'v3')).toBeNull();
  expect(savedFor(null, 'v1')).toBeNull();
  expect(parse({ ...RECORD, earlier: { forVersionId: 'v1' } })).toBeNull();
});

test('settings that are not known or have no plain value are left out', () => {
  const settings = { dpd: true, ikePfs: null, localId: {}, IkeVersion: 'ikev1', other: 1 };
  const record = parse({ ...RECORD, tunnels: [{ ...ENTRY, settings }] });
  expect([...record!.tunnels.values()][0]?.settings).toEqual({ dpd: true });
});

test.each([
  ['no JSON', 'example-psk-old'],
  ['nothing', ''],
  ['a list', '[]'],
  ['null', 'null'],
  ['a text', '"keyturn/before/1"'],
])('%s is no record', (_, text) => {
  expect(parseBefore(text)).toBeNull();
});

test.each<readonly [string, object]>([
  ['another schema', { schema: 'keyturn/1' }],
  ['no version', { forVersionId: undefined }],
  ['a version that is no text', { forVersionId: 2 }],
  ['no list of tunnels', { tunnels: { 0: ENTRY } }],
  ['a tunnel that is null', { tunnels: [ENTRY, null] }],
  ['a tunnel that is a list', { tunnels: [[]] }],
  ...(
    [
      ['regionId', 1],
      ['vpnConnectionId', null],
      ['tunnelId', 1],
      ['tunnelId', undefined],
      ['key', 1],
      ['key', undefined],
      ['settings', null],
      ['settings', []],
      ['settings', 'dpd'],
    ] as const
  ).map(
    ([field, value]) =>
      [`${field} ${JSON.stringify(value)}`, { tunnels: [{ ...ENTRY, [field]: value }] }] as const,
  ),
])('a record with %s is none', (_, changes) => {
  expect(parse({ ...RECORD, ...changes })).toBeNull();
});

const name = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
const settings = fc
  .subarray(PARAMETERS.map((parameter) => parameter.name))
  .chain((names) =>
    fc.record(
      Object.fromEntries(names.map((one) => [one, fc.oneof(fc.string(), fc.nat(), fc.boolean())])),
    ),
  );
const tunnels: fc.Arbitrary<readonly BeforeTunnel[]> = fc.array(
  fc.record({
    tunnel: fc.record({
      regionId: name,
      vpnConnectionId: name,
      tunnelId: fc.option(name),
    }),
    key: fc.option(fc.string({ unit: 'binary' }).map((text) => new Redacted(text))),
    settings,
  }),
);

test('always: what is written out is read back', () => {
  fc.assert(
    fc.property(fc.array(tunnels, { minLength: 1, maxLength: 2 }), (lists) => {
      const [saved, earlier = null] = lists.map((list, index) => ({
        forVersionId: `v${index}`,
        tunnels: new Map(list.map((one) => [tunnelName(one.tunnel), one])),
      }));
      const record = { ...saved!, earlier };
      expect(parseBefore(renderBefore(record).expose())).toEqual(record);
    }),
  );
});
