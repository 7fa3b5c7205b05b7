import { expect, test } from 'vitest';
import type { Switches } from '../../../local/switches.ts';
import { Kms } from './kms.ts';

function withSecret(switches: Partial<Switches> = {}): Kms {
  const kms = new Kms(switches);
  kms.create('psk');
  return kms;
}

const PUT = { SecretName: 'psk', VersionId: 'v2', SecretData: 'example-psk-v2' };

test('without labels the built-in ones shift', () => {
  const kms = withSecret();
  kms.put('psk', 'v2');
  expect(kms.versions('psk')).toBe('v1:ACSPrevious v2:ACSCurrent');
  kms.put('psk', 'v3');
  expect(kms.versions('psk')).toBe('v1: v2:ACSPrevious v3:ACSCurrent');
});

test('with a custom label only, the built-in ones stay', () => {
  const kms = withSecret();
  expect(kms.call('PutSecretValue', { ...PUT, VersionStages: '["Next"]' })).toEqual({
    SecretName: 'psk',
    VersionId: 'v2',
    VersionStages: { VersionStage: ['Next'] },
  });
  expect(kms.versions('psk')).toBe('v1:ACSCurrent v2:Next');
  kms.put('psk', 'v3', ['Next']);
  expect(kms.versions('psk')).toBe('v1:ACSCurrent v2: v3:Next');
});

test.each([
  ['ignores', 'v1:ACSPrevious v2:ACSCurrent'],
  ['appliesLabels', 'v1:ACSPrevious v2:ACSCurrent,Next'],
] as const)('the same version again succeeds; its labels: %s', (repeatedPut, versions) => {
  const kms = withSecret({ repeatedPut });
  kms.put('psk', 'v2');
  kms.put('psk', 'v2', ['Next']);
  expect(kms.versions('psk')).toBe(versions);
});

test.each([
  ['Rejected.ResourceExist', '409 Rejected.ResourceExist'],
  ['Rejected.ResourceInUse', '409 Rejected.ResourceInUse'],
  ['InvalidParameter', '400 InvalidParameter'],
] as const)('a version is written once; the refusal is %s', (conflictingPut, refusal) => {
  const kms = withSecret({ conflictingPut });
  kms.put('psk', 'v2');
  expect(kms.outcome('PutSecretValue', { ...PUT, SecretData: 'example-psk-x' })).toBe(refusal);
  expect(kms.outcome('PutSecretValue', { ...PUT, SecretDataType: 'binary' })).toBe(refusal);
  expect(kms.call('GetSecretValue', { SecretName: 'psk' })['SecretData']).toBe('example-psk-v2');
});

test.each([
  ['never', 'v1:Keep v3: v4: v5: v6: v7: v8: v9: v10:ACSPrevious v11:ACSCurrent'],
  ['oldest', 'v2: v3: v4: v5: v6: v7: v8: v9: v10:ACSPrevious v11:ACSCurrent'],
] as const)('the eleventh version pushes one out, a labelled one %s', (labelledEviction, left) => {
  const kms = withSecret({ labelledEviction });
  kms.call('UpdateSecretVersionStage', {
    SecretName: 'psk',
    VersionStage: 'Keep',
    MoveToVersion: 'v1',
  });
  for (let n = 2; n <= 11; n += 1) kms.put('psk', `v${n}`);
  expect(kms.versions('psk')).toBe(left);
});

test('the current version is never pushed out', () => {
  const kms = withSecret({ labelledEviction: 'oldest' });
  for (let n = 2; n <= 11; n += 1) kms.put('psk', `v${n}`, ['Next']);
  expect(kms.versions('psk')).toMatch(/^v1:ACSCurrent v3: /);
});

test('a secret carries eight labels', () => {
  const kms = withSecret();
  kms.put('psk', 'v2', ['A', 'B', 'C', 'D', 'E', 'F', 'G']);
  const ninth = { ...PUT, VersionId: 'v3', VersionStages: '["H"]' };
  expect(kms.outcome('PutSecretValue', ninth)).toBe('400 Rejected.LimitExceeded');
  expect(kms.versions('psk')).toBe('v1:ACSCurrent v2:A,B,C,D,E,F,G');
});

test.each([
  ['[]', '400 InvalidParameter'],
  ['Next', '400 InvalidParameter'],
  ['{"VersionStage":["Next"]}', '400 InvalidParameter'],
  ['[1]', '400 InvalidParameter'],
  ['[""]', '400 InvalidParameter'],
  ['["ACSPrevious"]', '400 InvalidParameter'],
])('VersionStages %s is refused', (VersionStages, refusal) => {
  expect(withSecret().outcome('PutSecretValue', { ...PUT, VersionStages })).toBe(refusal);
});
