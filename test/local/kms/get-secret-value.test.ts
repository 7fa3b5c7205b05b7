import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

function twoVersions(): Kms {
  const kms = new Kms();
  kms.create('psk');
  kms.now += 1_500;
  kms.put('psk', 'v2', ['KeyturnNext']);
  return kms;
}

test('without a selector it is the current version, in the shape that the SDK casts', () => {
  expect(twoVersions().call('GetSecretValue', { SecretName: 'psk' })).toEqual({
    SecretName: 'psk',
    SecretType: 'Generic',
    VersionId: 'v1',
    CreateTime: '2026-11-01T00:00:00Z',
    SecretData: 'example-psk-v1',
    SecretDataType: 'text',
    VersionStages: { VersionStage: ['ACSCurrent'] },
  });
});

test.each([
  [{ VersionId: 'v2' }, 'v2'],
  [{ VersionStage: 'KeyturnNext' }, 'v2'],
  [{ VersionStage: 'ACSCurrent', VersionId: 'v1' }, 'v1'],
])('%o selects %s', (selector, versionId) => {
  const value = twoVersions().call('GetSecretValue', { SecretName: 'psk', ...selector });
  expect(value['VersionId']).toBe(versionId);
});

test.each([
  [{ SecretName: 'other' }, '404 Forbidden.ResourceNotFound'],
  [{ VersionId: 'v3' }, '404 Forbidden.ResourceNotFound'],
  [{ VersionStage: 'ACSPrevious' }, '404 Forbidden.ResourceNotFound'],
  [{ VersionStage: 'ACSCurrent', VersionId: 'v2' }, '404 Forbidden.ResourceNotFound'],
  [{ FetchExtendedConfig: 'true' }, '400 InvalidParameter'],
  [{ DryRun: 'true' }, '400 InvalidParameter'],
])('%o is refused', (change, refusal) => {
  expect(twoVersions().outcome('GetSecretValue', { SecretName: 'psk', ...change })).toBe(refusal);
});
