import { expect, test } from 'vitest';
import { MAX_LIST_LAG_MS } from '../../../local/kms/state.ts';
import type { Switches } from '../../../local/switches.ts';
import { Kms } from './kms.ts';

function threeVersions(switches: Partial<Switches> = {}): Kms {
  const kms = new Kms(switches);
  kms.create('psk');
  for (const versionId of ['v2', 'v3']) {
    kms.now += 60_000;
    kms.put('psk', versionId);
  }
  return kms;
}

const listed = (kms: Kms, params: Record<string, string> = {}): string[] => {
  const answer = kms.call('ListSecretVersionIds', { SecretName: 'psk', ...params });
  const { VersionId } = answer['VersionIds'] as { VersionId: { VersionId: string }[] };
  return VersionId.map((version) => version.VersionId);
};

test('by default only labelled versions are listed', () => {
  const kms = threeVersions();
  expect(kms.call('ListSecretVersionIds', { SecretName: 'psk' })).toEqual({
    SecretName: 'psk',
    PageNumber: 1,
    PageSize: 20,
    TotalCount: 2,
    VersionIds: {
      VersionId: [
        {
          VersionId: 'v2',
          CreateTime: '2026-11-01T00:01:00Z',
          VersionStages: { VersionStage: ['ACSPrevious'] },
        },
        {
          VersionId: 'v3',
          CreateTime: '2026-11-01T00:02:00Z',
          VersionStages: { VersionStage: ['ACSCurrent'] },
        },
      ],
    },
  });
  expect(listed(kms, { IncludeDeprecated: 'true' })).toEqual(['v1', 'v2', 'v3']);
});

test('pages are cut by number and size', () => {
  const all = { IncludeDeprecated: 'true', PageSize: '2' };
  expect(listed(threeVersions(), { ...all, PageNumber: '2' })).toEqual(['v3']);
});

test.each([{ PageSize: '0' }, { PageSize: '101' }, { PageNumber: '-1' }, { PageNumber: '1.5' }])(
  '%o is refused',
  (params) => {
    const refusal = threeVersions().outcome('ListSecretVersionIds', {
      SecretName: 'psk',
      ...params,
    });
    expect(refusal).toBe('400 InvalidParameter');
  },
);

test('a stale list is at most some seconds old, and the same for the same seed', () => {
  const read = (): string[] => {
    const kms = threeVersions({ listVersions: 'stale' });
    kms.now += MAX_LIST_LAG_MS / 2;
    return Array.from({ length: 20 }, () => listed(kms).join());
  };
  const lists = read();
  expect(new Set(lists)).toEqual(new Set(['v1,v2', 'v2,v3']));
  expect(read()).toEqual(lists);
});

test('a stale list catches up', () => {
  const kms = threeVersions({ listVersions: 'stale' });
  kms.now += MAX_LIST_LAG_MS;
  const lists = Array.from({ length: 20 }, () => listed(kms).join());
  expect(new Set(lists)).toEqual(new Set(['v2,v3']));
});
