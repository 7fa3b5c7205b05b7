import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

const CREATE = {
  SecretName: 'psk',
  VersionId: 'v1',
  SecretData: 'example-psk-1',
  Description: 'branch office',
  Tags: '[{"TagKey":"site","TagValue":"east"}]',
};

const METADATA = {
  Arn: 'acs:kms:cn-hangzhou:1234567890123456:secret/psk',
  SecretName: 'psk',
  SecretType: 'Generic',
  Description: 'branch office',
  CreateTime: '2026-11-01T00:00:00Z',
  UpdateTime: '2026-11-01T00:00:01Z',
};

test('shows metadata, and tags only when asked', () => {
  const kms = new Kms();
  kms.call('CreateSecret', CREATE);
  kms.now += 1_000;
  kms.put('psk', 'v2');
  expect(kms.call('DescribeSecret', { SecretName: 'psk' })).toEqual(METADATA);
  expect(kms.call('DescribeSecret', { SecretName: 'psk', FetchTags: 'true' })).toEqual({
    ...METADATA,
    Tags: { Tag: [{ TagKey: 'site', TagValue: 'east' }] },
  });
});

test('an unknown secret is not found', () => {
  expect(new Kms().outcome('DescribeSecret', { SecretName: 'psk' })).toBe(
    '404 Forbidden.ResourceNotFound',
  );
});
