import { expect, test } from 'vitest';
import type { KmsOperation } from '../../../local/kms/operations.ts';
import { Kms, START } from './kms.ts';

const NAMED = { SecretName: 'psk' };
const DAY_MS = 86_400_000;

function scheduled(): Kms {
  const kms = new Kms();
  kms.create('psk');
  kms.call('DeleteSecret', { ...NAMED, RecoveryWindowInDays: '7' });
  return kms;
}

test('the window is thirty days unless it is given', () => {
  const kms = new Kms();
  kms.create('psk');
  expect(kms.call('DeleteSecret', NAMED)).toEqual({
    SecretName: 'psk',
    PlannedDeleteTime: '2026-12-01T00:00:00Z',
  });
  expect(scheduled().call('DescribeSecret', NAMED)['PlannedDeleteTime']).toBe(
    '2026-11-08T00:00:00Z',
  );
});

test.each<[KmsOperation, Record<string, string>]>([
  ['GetSecretValue', {}],
  ['PutSecretValue', { VersionId: 'v2', SecretData: 'example-psk-2' }],
  ['UpdateSecretVersionStage', { VersionStage: 'Next', MoveToVersion: 'v1' }],
  ['UpdateSecret', { Description: 'x' }],
  ['CreateSecret', { VersionId: 'v1', SecretData: 'example-psk-1' }],
  ['DeleteSecret', {}],
])('inside the window %s is refused', (operation, params) => {
  expect(scheduled().outcome(operation, { ...NAMED, ...params })).toBe(
    '409 Rejected.ResourceInDeleteWindow',
  );
});

test('when the window closes the secret is gone and its name is free', () => {
  const kms = scheduled();
  kms.now = START + 7 * DAY_MS - 1;
  expect(kms.outcome('DescribeSecret', NAMED)).toBe('ok');
  kms.now += 1;
  expect(kms.outcome('DescribeSecret', NAMED)).toBe('404 Forbidden.ResourceNotFound');
  expect(kms.call('ListSecrets', {})['TotalCount']).toBe(0);
  expect(
    kms.outcome('CreateSecret', { ...NAMED, VersionId: 'v1', SecretData: 'example-psk-1' }),
  ).toBe('ok');
});

test('forced, it is gone at once', () => {
  const kms = new Kms();
  kms.create('psk');
  kms.call('DeleteSecret', { ...NAMED, ForceDeleteWithoutRecovery: 'true' });
  expect(kms.outcome('RestoreSecret', NAMED)).toBe('404 Forbidden.ResourceNotFound');
});

test.each([
  { RecoveryWindowInDays: '6' },
  { RecoveryWindowInDays: '31' },
  { RecoveryWindowInDays: '7', ForceDeleteWithoutRecovery: 'true' },
])('%o is refused', (params) => {
  const kms = new Kms();
  kms.create('psk');
  expect(kms.outcome('DeleteSecret', { ...NAMED, ...params })).toBe('400 InvalidParameter');
});
