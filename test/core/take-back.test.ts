import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import { filledIn, relabelled, takeBackOf } from '../../functions/core/take-back.ts';
import type { LabelMove } from '../../functions/core/take-back.ts';
import { epochMs } from '../../functions/core/units.ts';
import { LABELS, aimOf, goesBack, leftBehind } from '../../functions/core/versions.ts';
import type { SecretSnapshot } from '../../functions/core/versions.ts';
import { NEW, OLD, rotation } from './builders.ts';

type Labels = Readonly<Record<string, readonly string[]>>;

const saved = (forVersionId: string) => ({ forVersionId, tunnels: new Map<string, never>() });

function snapshot(labels: Labels, ...beforeFor: readonly string[]): SecretSnapshot {
  const [newest, earlier] = beforeFor.map(saved);
  return {
    name: 'psk/a',
    versions: Object.entries(labels).map(([versionId, list]) => ({
      versionId,
      labels: list,
      createdAt: epochMs(0),
    })),
    documents: new Map(
      Object.keys(labels).map((id) => [id, { kind: 'document', document: rotation() }]),
    ),
    before: newest === undefined ? null : { ...newest, earlier: earlier ?? null },
  };
}

const labelsOf = (found: SecretSnapshot): Labels =>
  Object.fromEntries(
    found.versions.map(({ versionId, labels }) => [versionId, [...labels].sort()]),
  );
const move = (label: string, to: string | null): LabelMove => ({ label, to });
const promoted = { v1: ['ACSPrevious'], v2: ['ACSCurrent'] };
const underWay = { v1: ['ACSCurrent'], v2: ['KeyturnNext'] };

describe('by its labels a secret is', () => {
  test.each<[string, Labels, ReturnType<typeof takeBackOf>]>([
    [
      'undone while its next version is not promoted',
      underWay,
      { kind: 'undo', moves: [move('KeyturnHeld', 'v2')] },
    ],
    [
      'undone as well when the version failed before',
      { v1: ['ACSCurrent'], v2: ['KeyturnNext', 'KeyturnHeld'] },
      { kind: 'undo', moves: [move('KeyturnHeld', 'v2')] },
    ],
    [
      'undone when promotion was cut after its first label',
      { v1: ['ACSCurrent', 'ACSPrevious'], v2: ['KeyturnNext'] },
      { kind: 'undo', moves: [move('KeyturnHeld', 'v2')] },
    ],
    [
      'undone where nothing was ever promoted',
      { v1: ['KeyturnNext'] },
      { kind: 'undo', moves: [move('KeyturnHeld', 'v1')] },
    ],
    [
      'returned once its version is current',
      promoted,
      { kind: 'return', moves: [move('KeyturnHeld', 'v2'), move('KeyturnNext', 'v1')] },
    ],
    [
      'returned when promotion was cut before its last label',
      { v1: ['ACSPrevious'], v2: ['ACSCurrent', 'KeyturnNext'] },
      { kind: 'return', moves: [move('KeyturnHeld', 'v2'), move('KeyturnNext', 'v1')] },
    ],
    [
      'returned again after the return itself has failed',
      { v1: ['ACSPrevious', 'KeyturnNext', 'KeyturnHeld'], v2: ['ACSCurrent'] },
      { kind: 'return', moves: [move('KeyturnHeld', 'v2'), move('KeyturnNext', 'v1')] },
    ],
    [
      'done when the previous version is the held one',
      { v1: ['ACSCurrent'], v2: ['ACSPrevious', 'KeyturnHeld'] },
      { kind: 'done' },
    ],
    [
      'returned without a move where that is under way',
      { v1: ['ACSPrevious', 'KeyturnNext'], v2: ['ACSCurrent', 'KeyturnHeld'] },
      { kind: 'return', moves: [] },
    ],
    [
      'undone where the next version is the previous one and none is current',
      { v1: ['ACSPrevious', 'KeyturnNext'] },
      { kind: 'undo', moves: [move('KeyturnHeld', 'v1')] },
    ],
    [
      'impossible where the previous version is the current one',
      { v1: ['ACSCurrent', 'ACSPrevious'] },
      { kind: 'impossible', reason: reason('no-previous', 'psk/a') },
    ],
    [
      'impossible where none is current',
      { v1: ['ACSPrevious'] },
      { kind: 'impossible', reason: reason('no-previous', 'psk/a') },
    ],
    [
      'impossible without a previous version',
      { v1: ['ACSCurrent'] },
      { kind: 'impossible', reason: reason('no-previous', 'psk/a') },
    ],
    [
      'impossible without any label',
      { v1: [] },
      { kind: 'impossible', reason: reason('no-previous', 'psk/a') },
    ],
  ])('%s', (_, labels, expected) => {
    expect(takeBackOf(snapshot(labels))).toEqual(expected);
  });
});

test('what was saved for the first application of the version is forgotten before it is the next one', () => {
  const back = takeBackOf(snapshot({ ...promoted, v0: ['KeyturnBefore'] }, 'v1'));
  expect(back).toEqual({
    kind: 'return',
    moves: [move('KeyturnHeld', 'v2'), move('KeyturnBefore', null), move('KeyturnNext', 'v1')],
  });
  const after = relabelled(snapshot({ ...promoted, v0: ['KeyturnBefore'] }, 'v1'), [
    move('KeyturnBefore', null),
  ]);
  expect(after.before).toBeNull();
  expect(
    relabelled(snapshot(promoted, 'v1'), back.kind === 'return' ? back.moves : []).before,
  ).toBe(null);
  expect(relabelled(snapshot(promoted, 'v1'), [move('KeyturnHeld', 'v2')]).before).not.toBeNull();
  expect(takeBackOf(snapshot(promoted, 'v2'))).toMatchObject({ moves: { length: 2 } });
  // Saved by an attempt to go back that was cut short.
  expect(takeBackOf(snapshot(promoted, 'v1', 'v2'))).toMatchObject({ moves: { length: 2 } });
});

/** The label calls with which the previous version becomes the current one, in promotion's order. */
const PROMOTION = [
  move('ACSPrevious', 'v2'),
  move('ACSCurrent', 'v1'),
  move('KeyturnPeerReady', null),
  move('KeyturnNext', null),
];

describe('a restore that is killed after any of its label calls and asked for again', () => {
  const back = takeBackOf(snapshot(promoted));
  const all = [...(back.kind === 'return' ? back.moves : []), ...PROMOTION];
  test.each(all.map((_, cut) => cut + 1))('ends where it would have, %i calls in', (cut) => {
    const end = { v1: ['ACSCurrent'], v2: ['ACSPrevious', 'KeyturnHeld'] };
    let now = relabelled(snapshot(promoted), all.slice(0, cut));
    const again = takeBackOf(now);
    now = relabelled(now, again.kind === 'return' ? again.moves : []);
    const aim = aimOf(now, epochMs(0), Number);
    const goesOn = aim.kind === 'apply' && aim.versionId === 'v1' && aim.held === null;
    expect([again.kind, goesOn]).toEqual(cut === all.length ? ['done', false] : ['return', true]);
    now = relabelled(now, again.kind === 'done' ? [] : PROMOTION);
    expect(labelsOf(now)).toEqual(end);
    expect(takeBackOf(now)).toEqual({ kind: 'done' });
  });

  test.each(all.map((_, cut) => cut))(
    'keeps every later run off the version, %i calls in',
    (cut) => {
      if (cut === 0) return;
      const aim = aimOf(relabelled(snapshot(promoted), all.slice(0, cut)), epochMs(0), Number);
      if (aim.kind !== 'apply') throw new Error(aim.kind);
      expect(aim.versionId === 'v1' || aim.held !== null).toBe(true);
    },
  );
});

test('a next version beside a held current one is not a return, unless it is the previous one', () => {
  expect(
    goesBack(
      snapshot({ v1: ['ACSPrevious'], v2: ['ACSCurrent', 'KeyturnHeld'], v3: ['KeyturnNext'] }),
    ),
  ).toBe(false);
  expect(
    goesBack(snapshot({ v1: ['ACSPrevious', 'KeyturnNext'], v2: ['ACSCurrent', 'KeyturnHeld'] })),
  ).toBe(true);
  expect(goesBack(snapshot({ v1: ['ACSPrevious', 'KeyturnNext'], v2: ['ACSCurrent'] }))).toBe(
    false,
  );
  expect(goesBack(snapshot(promoted))).toBe(false);
});

test('a held version is not gone back from where nothing is to come, or itself', () => {
  const held = { v1: ['ACSPrevious'], v2: ['ACSCurrent', 'KeyturnHeld'] };
  expect(goesBack(snapshot(held))).toBe(false);
  expect(goesBack(snapshot({ v1: ['ACSCurrent', 'KeyturnNext', 'KeyturnHeld'] }))).toBe(false);
  const elsewhere = { v1: ['ACSPrevious', 'KeyturnNext'], v2: ['ACSCurrent'], v3: ['KeyturnHeld'] };
  expect(goesBack(snapshot(elsewhere))).toBe(false);
});

test('tunnels come from the held version, else from the current one', () => {
  expect(leftBehind(snapshot({ v1: ['ACSCurrent'], v2: ['KeyturnHeld'] }))).toBe('v2');
  expect(leftBehind(snapshot({ v1: ['ACSCurrent'], v2: ['KeyturnNext'] }))).toBe('v1');
  expect(leftBehind(snapshot({ v1: [] }))).toBeNull();
});

describe('going back to a version takes what it does not say from what was saved', () => {
  const before = {
    key: OLD,
    settings: { dpd: true, ikePfs: 'group2', customerGatewayId: 'cgw-1' },
  };

  test('key, settings and customer gateway', () => {
    expect(filledIn({ key: null, settings: { ikePfs: 'group14' } }, before)).toEqual({
      key: OLD,
      settings: { dpd: true, ikePfs: 'group14', customerGatewayId: 'cgw-1' },
    });
  });

  test('its own key stays, and a customer gateway is not gone back to where it is replaced', () => {
    expect(filledIn({ key: NEW, settings: {} }, before, true)).toEqual({
      key: NEW,
      settings: { dpd: true, ikePfs: 'group2' },
    });
    const { customerGatewayId: _, ...settings } = before.settings;
    expect(filledIn({ key: NEW, settings: {} }, { key: OLD, settings })).toEqual({
      key: NEW,
      settings,
    });
  });

  test('nothing where nothing was saved', () => {
    const wanted = { key: NEW, settings: {} };
    expect(filledIn(wanted, undefined)).toBe(wanted);
  });
});

test('moving a label takes it off its holder and leaves the others', () => {
  const after = relabelled(snapshot({ v1: ['x', 'ACSCurrent'], v2: ['KeyturnNext'] }), [
    move(LABELS.current, 'v2'),
  ]);
  expect(labelsOf(after)).toEqual({ v1: ['x'], v2: ['ACSCurrent', 'KeyturnNext'] });
});
