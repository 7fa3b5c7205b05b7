import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import type { Handover, ParsedDocument } from '../../functions/core/document.ts';
import { epochMs } from '../../functions/core/units.ts';
import {
  LABELS,
  aimOf,
  documentAt,
  holderOf,
  roomFor,
  versionsLow,
} from '../../functions/core/versions.ts';
import type { SecretSnapshot } from '../../functions/core/versions.ts';
import { rotation } from './builders.ts';

const CURRENT = rotation();
const NEXT = rotation([], { onFailure: 'hold' });
const NOW = epochMs(1000);
/** Instants in these tests are plain numbers. */
const parse = (text: string) => Number(text);

function snapshot(
  labels: Readonly<Record<string, readonly string[]>>,
  documents: Readonly<Record<string, ParsedDocument>> = {},
): SecretSnapshot {
  const parsed: Record<string, ParsedDocument> = {
    v1: { kind: 'document', document: CURRENT },
    v2: { kind: 'document', document: NEXT },
    ...documents,
  };
  return {
    name: 'psk/a',
    versions: Object.entries(labels).map(([versionId, list]) => ({
      versionId,
      labels: list,
      createdAt: epochMs(0),
    })),
    documents: new Map(Object.entries(parsed)),
    before: null,
  };
}

const aim = (...given: Parameters<typeof snapshot>) => aimOf(snapshot(...given), NOW, parse);
const nextWith = (handover: Handover): Readonly<Record<string, ParsedDocument>> => ({
  v2: { kind: 'document', document: rotation([], { handover }) },
});

test('the labels that stand in KMS', () => {
  expect(LABELS).toEqual({
    current: 'ACSCurrent',
    previous: 'ACSPrevious',
    next: 'KeyturnNext',
    peerReady: 'KeyturnPeerReady',
    held: 'KeyturnHeld',
    before: 'KeyturnBefore',
  });
});

test('the holder of a label', () => {
  const { versions } = snapshot({ v1: ['ACSCurrent'], v2: ['x', 'KeyturnNext'] });
  expect(holderOf({ versions }, 'KeyturnNext')?.versionId).toBe('v2');
  expect(holderOf({ versions }, 'KeyturnHeld')).toBeNull();
});

test('the document of a label, where there is a valid one', () => {
  const faulty = { v2: { kind: 'faults', faults: [] } } as const;
  const labels = { v1: ['ACSCurrent'], v2: ['KeyturnNext'], v3: ['ACSPrevious'] };
  expect(documentAt(snapshot(labels), 'ACSCurrent')).toBe(CURRENT);
  expect(documentAt(snapshot(labels), 'KeyturnHeld')).toBeNull();
  expect(documentAt(snapshot(labels), 'ACSPrevious')).toBeNull();
  expect(documentAt(snapshot(labels, faulty), 'KeyturnNext')).toBeNull();
});

describe('what a secret asks for', () => {
  test('the next version, to be promoted', () => {
    expect(aim({ v1: ['ACSCurrent'], v2: ['KeyturnNext'] })).toEqual({
      kind: 'apply',
      secretName: 'psk/a',
      versionId: 'v2',
      document: NEXT,
      promote: true,
      waiting: null,
      held: null,
    });
    expect(aim({ v2: ['KeyturnNext'] })).toMatchObject({ versionId: 'v2', promote: true });
  });

  test('else the current one, with nothing to promote', () => {
    expect(aim({ v1: ['ACSCurrent'] })).toMatchObject({
      kind: 'apply',
      versionId: 'v1',
      document: CURRENT,
      promote: false,
    });
  });

  test('a version that is current and next has been promoted', () => {
    expect(aim({ v1: ['ACSCurrent', 'KeyturnNext'] })).toMatchObject({ promote: false });
  });

  test('nothing without either label', () => {
    expect(aim({ v1: ['ACSPrevious'] })).toEqual({
      kind: 'none',
      secretName: 'psk/a',
      reason: reason('no-version', 'psk/a'),
    });
  });

  test('a version that was not read is not passed over', () => {
    expect(aim({ v1: ['ACSCurrent'], v9: ['KeyturnNext'] })).toEqual({
      kind: 'none',
      secretName: 'psk/a',
      reason: reason('read-failed', 'psk/a version v9'),
    });
  });

  test('an invalid document is told with every place and rule', () => {
    const faults = [
      { path: 'targets[0].Psk', rule: 'is too long' },
      { path: 'proof', rule: 'is unknown' },
    ];
    expect(aim({ v1: ['ACSCurrent'] }, { v1: { kind: 'faults', faults } })).toEqual({
      kind: 'none',
      secretName: 'psk/a',
      reason: reason(
        'document-invalid',
        'psk/a version v1: targets[0].Psk: is too long; proof: is unknown',
      ),
    });
  });

  test('a version that is held', () => {
    expect(aim({ v1: ['ACSCurrent'], v2: ['KeyturnNext', 'KeyturnHeld'] })).toMatchObject({
      versionId: 'v2',
      held: reason('held', 'psk/a version v2'),
    });
  });
});

describe('handover', () => {
  const waits = (handover: Handover, labels: readonly string[] = ['KeyturnNext']) =>
    aim({ v1: ['ACSCurrent'], v2: labels }, nextWith(handover));

  test.each<[Handover]>([[{ mode: 'immediate' }], [{ mode: 'stepwise', followWithinHours: 1 }]])(
    '%j waits for nothing',
    (handover) => {
      expect(waits(handover)).toMatchObject({ waiting: null });
    },
  );

  test('acknowledged waits for the label of the far end, on the next version', () => {
    const handover = { mode: 'acknowledged' } as const;
    const missing = { waiting: reason('peer-not-ready', 'version v2') };
    expect(waits(handover)).toMatchObject(missing);
    expect(waits(handover, ['KeyturnNext', 'KeyturnPeerReady'])).toMatchObject({ waiting: null });
    const onCurrent = { v1: ['ACSCurrent', 'KeyturnPeerReady'], v2: ['KeyturnNext'] };
    expect(aim(onCurrent, nextWith(handover))).toMatchObject(missing);
  });

  test.each([
    ['999', null],
    ['1000', null],
    ['1001', reason('not-before', '1001')],
    ['no instant', reason('not-before', 'no instant')],
  ])('scheduled for %s, at 1000', (notBefore, waiting) => {
    expect(waits({ mode: 'scheduled', notBefore })).toMatchObject({ waiting });
  });

  test('a current version is not waited with', () => {
    const handover = { mode: 'scheduled', notBefore: '2000' } as const;
    expect(aim({ v2: ['ACSCurrent'] }, nextWith(handover))).toMatchObject({ waiting: null });
  });
});

describe('room for versions', () => {
  /** From the oldest to the newest; L carries a label, · does not. */
  const versionsOf = (picture: string) =>
    Array.from(picture, (mark, index) => ({
      versionId: `v${index}`,
      labels: mark === 'L' ? ['x'] : [],
      createdAt: epochMs(index),
    }));

  test.each([
    ['', 10],
    ['LL', 8],
    ['··LL', 8],
    ['LLLLLLLLL', 1],
    ['LLLLLLLLLL', 0],
    ['L·········', 0],
    ['·L········', 1],
    ['··········', 10],
    ['···L······', 3],
    ['············L', 12],
  ])('%j has room for %i', (picture, room) => {
    expect(roomFor(versionsOf(picture))).toBe(room);
    expect(roomFor(versionsOf(picture).toReversed())).toBe(room);
  });

  test('is said while two rotations may still find some, with the secret’s name', () => {
    const secret = (picture: string) => ({ ...snapshot({}), versions: versionsOf(picture) });
    expect(versionsLow([secret('····L·····')])).toEqual([]);
    expect(versionsLow([secret('···L······')])).toEqual([
      reason('versions-low', 'psk/a: room for 3'),
    ]);
  });
});
