import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

test('takes a deletion back', () => {
  const kms = new Kms();
  kms.create('psk');
  kms.call('DeleteSecret', { SecretName: 'psk', RecoveryWindowInDays: '7' });
  expect(kms.call('RestoreSecret', { SecretName: 'psk' })).toEqual({ SecretName: 'psk' });
  kms.now += 30 * 86_400_000;
  expect(kms.outcome('GetSecretValue', { SecretName: 'psk' })).toBe('ok');
});
