import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

const VALID = { SecretName: 'vpn/psk', VersionId: 'v1', SecretData: 'example-psk-1' };

test('the first version is the current one', () => {
  const kms = new Kms();
  expect(kms.call('CreateSecret', VALID)).toEqual({
    Arn: 'acs:kms:cn-hangzhou:1234567890123456:secret/vpn/psk',
    SecretName: 'vpn/psk',
    SecretType: 'Generic',
    VersionId: 'v1',
  });
  expect(kms.versions('vpn/psk')).toBe('v1:ACSCurrent');
});

test.each([
  ['a taken name', {}, '409 Rejected.ResourceExist'],
  ['no name', { SecretName: '' }, '400 MissingParameter'],
  ['a reserved name', { SecretName: 'acs/psk' }, '400 InvalidParameter'],
  ['a name with a space', { SecretName: 'vpn psk' }, '400 InvalidParameter'],
  ['a name of 193 characters', { SecretName: 'n'.repeat(193) }, '400 InvalidParameter'],
  ['a VersionId of 65 characters', { VersionId: 'v'.repeat(65) }, '400 InvalidParameter'],
  ['30,721 bytes', { SecretData: `${'é'.repeat(15_360)}x` }, '400 InvalidParameter'],
  ['an unknown data type', { SecretDataType: 'json' }, '400 InvalidParameter'],
  ['a managed secret', { SecretType: 'Rds' }, '400 InvalidParameter'],
  ['a KMS instance', { DKMSInstanceId: 'kst-1' }, '400 InvalidParameter'],
  ['automatic rotation', { EnableAutomaticRotation: 'true' }, '400 InvalidParameter'],
  ['a customer key', { EncryptionKeyId: 'key-1' }, '404 Forbidden.KeyNotFound'],
  ['tags that are no list', { Tags: '{}' }, '400 InvalidParameter'],
  ['a tag without a value', { Tags: '[{"TagKey":"a"}]' }, '400 InvalidParameter'],
  ['broken JSON', { Tags: '[' }, '400 InvalidParameter'],
])('%s is refused', (_what, change, refusal) => {
  const kms = new Kms();
  kms.call('CreateSecret', VALID);
  expect(kms.outcome('CreateSecret', { ...VALID, ...change })).toBe(refusal);
});

test('the limits themselves are allowed', () => {
  const kms = new Kms();
  const atLimits = {
    SecretName: 'n'.repeat(192),
    VersionId: 'v'.repeat(64),
    SecretData: 'é'.repeat(15_360),
    Tags: JSON.stringify([{ TagKey: 'k'.repeat(128), TagValue: '' }]),
  };
  expect(kms.outcome('CreateSecret', atLimits)).toBe('ok');
});
