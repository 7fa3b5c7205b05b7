import { expect, test } from 'vitest';
import type { Switches } from '../../../local/switches.ts';
import { Kms } from './kms.ts';

/** v1 previous, v2 current, v3 next. */
function rotating(switches: Partial<Switches> = {}): Kms {
  const kms = new Kms(switches);
  kms.create('psk');
  kms.put('psk', 'v2');
  kms.put('psk', 'v3', ['Next']);
  return kms;
}

const move = (kms: Kms, label: string, ends: { from?: string; to?: string }): string =>
  kms.outcome('UpdateSecretVersionStage', {
    SecretName: 'psk',
    VersionStage: label,
    ...(ends.from === undefined ? {} : { RemoveFromVersion: ends.from }),
    ...(ends.to === undefined ? {} : { MoveToVersion: ends.to }),
  });

test.each([
  ['follows', 'v1: v2:ACSPrevious v3:ACSCurrent,Next'],
  ['stays', 'v1:ACSPrevious v2: v3:ACSCurrent,Next'],
] as const)('promotion is one call; ACSPrevious %s', (previousFollows, versions) => {
  const kms = rotating({ previousFollows });
  expect(move(kms, 'ACSCurrent', { to: 'v3' })).toBe('ok');
  expect(kms.versions('psk')).toBe(versions);
  expect(move(kms, 'ACSCurrent', { to: 'v3' })).toBe('ok');
  expect(kms.versions('psk')).toBe(versions);
});

test('a label can be added, moved and removed', () => {
  const kms = rotating();
  expect(move(kms, 'Held', { to: 'v3' })).toBe('ok');
  expect(move(kms, 'Held', { from: 'v3', to: 'v1' })).toBe('ok');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious,Held v2:ACSCurrent v3:Next');
  expect(move(kms, 'Held', { from: 'v1' })).toBe('ok');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious v2:ACSCurrent v3:Next');
});

test('RemoveFromVersion, where it is checked, must hold the label', () => {
  const kms = rotating({ removeFromVersion: 'checked' });
  expect(move(kms, 'ACSCurrent', { from: 'v1', to: 'v3' })).toBe('400 InvalidParameter');
  expect(move(kms, 'Next', { from: 'v1' })).toBe('400 InvalidParameter');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious v2:ACSCurrent v3:Next');
});

test('RemoveFromVersion, where it is ignored, never takes a label from another version', () => {
  const kms = rotating({ removeFromVersion: 'ignored' });
  expect(move(kms, 'Next', { from: 'v1' })).toBe('ok');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious v2:ACSCurrent v3:Next');
  expect(move(kms, 'ACSCurrent', { from: 'v1', to: 'v3' })).toBe('ok');
  expect(kms.versions('psk')).toBe('v1: v2:ACSPrevious v3:ACSCurrent,Next');
});

test.each([
  ['ACSCurrent', { from: 'v2' }, '400 MissingParameter'],
  ['ACSPrevious', { from: 'v1' }, '400 MissingParameter'],
  ['Next', {}, '400 MissingParameter'],
  ['Next', { to: 'v9' }, '404 Forbidden.ResourceNotFound'],
])('%s %o is refused', (label, ends, refusal) => {
  expect(move(rotating(), label, ends)).toBe(refusal);
});

test('a secret carries eight labels; moving one needs no room', () => {
  const kms = rotating();
  for (const label of ['A', 'B', 'C', 'D', 'E']) move(kms, label, { to: 'v3' });
  expect(move(kms, 'F', { to: 'v3' })).toBe('400 Rejected.LimitExceeded');
  expect(move(kms, 'A', { to: 'v1' })).toBe('ok');
});

test('repeatedMove: to the version that has the label already', () => {
  expect(move(rotating(), 'Next', { to: 'v3' })).toBe('ok');
  const kms = rotating({ repeatedMove: 'refused' });
  expect(move(kms, 'Next', { to: 'v3' })).toBe('400 InvalidParameter');
  expect(move(kms, 'ACSCurrent', { to: 'v2' })).toBe('400 InvalidParameter');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious v2:ACSCurrent v3:Next');
});
