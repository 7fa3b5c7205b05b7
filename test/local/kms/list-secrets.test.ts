import { expect, test } from 'vitest';
import { Kms } from './kms.ts';

function fourSecrets(): Kms {
  const kms = new Kms();
  for (const site of ['d', 'b', 'a', 'c']) {
    kms.call('CreateSecret', {
      SecretName: `vpn/${site}`,
      VersionId: 'v1',
      SecretData: `example-psk-${site}`,
      Description: site === 'a' ? 'main' : 'branch',
      Tags: JSON.stringify([{ TagKey: 'site', TagValue: site }]),
    });
  }
  return kms;
}

const names = (kms: Kms, params: Record<string, string> = {}): string[] => {
  const { Secret } = kms.call('ListSecrets', params)['SecretList'] as {
    Secret: { SecretName: string }[];
  };
  return Secret.map(({ SecretName }) => SecretName);
};

test('pages through all of them', () => {
  const kms = fourSecrets();
  expect(kms.call('ListSecrets', { PageSize: '3' })).toMatchObject({
    PageNumber: 1,
    PageSize: 3,
    TotalCount: 4,
  });
  expect(names(kms, { PageSize: '3' })).toEqual(['vpn/a', 'vpn/b', 'vpn/c']);
  expect(names(kms, { PageSize: '3', PageNumber: '2' })).toEqual(['vpn/d']);
});

test.each([
  [[{ Key: 'SecretName', Values: ['vpn/b', 'vpn/c'] }], ['vpn/b', 'vpn/c']],
  [[{ Key: 'Description', Values: ['main'] }], ['vpn/a']],
  [[{ Key: 'TagKey', Values: ['owner'] }], []],
  [
    [
      { Key: 'Description', Values: ['branch'] },
      { Key: 'TagValue', Values: ['a', 'd'] },
    ],
    ['vpn/d'],
  ],
])('filters narrow each other, their values are alternatives: %j', (filters, expected) => {
  expect(names(fourSecrets(), { Filters: JSON.stringify(filters) })).toEqual(expected);
});

test.each([
  '{}',
  'x',
  '[null]',
  '[{"Key":"Colour","Values":["red"]}]',
  '[{"Key":"constructor","Values":["a"]}]',
  '[{"Key":"SecretName","Values":[]}]',
  JSON.stringify([{ Key: 'SecretName', Values: 'a,b,c,d,e,f,g,h,i,j,k'.split(',') }]),
  JSON.stringify(Array.from({ length: 11 }, () => ({ Key: 'SecretName', Values: ['a'] }))),
])('the filter %s is refused', (Filters) => {
  expect(fourSecrets().outcome('ListSecrets', { Filters })).toBe('400 InvalidParameter');
});
