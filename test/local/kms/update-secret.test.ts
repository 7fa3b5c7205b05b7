import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

test('changes the description and nothing else', () => {
  const kms = new Kms();
  kms.create('psk');
  kms.now += 2_000;
  expect(kms.call('UpdateSecret', { SecretName: 'psk', Description: 'new' })).toEqual({
    SecretName: 'psk',
  });
  expect(kms.call('DescribeSecret', { SecretName: 'psk' })).toMatchObject({
    Description: 'new',
    UpdateTime: '2026-11-01T00:00:02Z',
  });
  expect(kms.versions('psk')).toBe('v1:ACSCurrent');
});

test('extended configuration belongs to managed secrets', () => {
  const kms = new Kms();
  kms.create('psk');
  const change = { SecretName: 'psk', 'ExtendedConfig.CustomData': '{}' };
  expect(kms.outcome('UpdateSecret', change)).toBe('400 InvalidParameter');
});
