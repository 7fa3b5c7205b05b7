import { expect, test } from 'vitest';
import { MAX_LIST_LAG_MS } from '../../../local/kms/state.ts';
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

test('secretReads: what a label points at may be some seconds old, a version never is', () => {
  const kms = new Kms({ secretReads: 'stale' });
  kms.create('psk');
  kms.now += MAX_LIST_LAG_MS;
  kms.put('psk', 'v2');
  kms.now += MAX_LIST_LAG_MS / 2;
  const read = (selector: Record<string, string>) =>
    kms.call('GetSecretValue', { SecretName: 'psk', ...selector })['VersionId'];
  const current = Array.from({ length: 20 }, () => read({}));
  expect(new Set(current)).toEqual(new Set(['v1', 'v2']));
  for (let time = 0; time < 20; time += 1) expect(read({ VersionId: 'v2' })).toBe('v2');
  kms.now += MAX_LIST_LAG_MS;
  expect(new Set(Array.from({ length: 20 }, () => read({})))).toEqual(new Set(['v2']));
});
