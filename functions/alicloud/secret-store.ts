import * as z from 'zod/mini';
import type { Outcome } from '../core/failure.ts';
import { Redacted } from '../core/redacted.ts';
import { epochMs } from '../core/units.ts';
import type { SecretStore, SecretVersion } from '../ports/secret-store.ts';
import type { Page } from '../ports/vpn-api.ts';
import { ask } from './rpc.ts';
import type { KmsAction, RpcTransport, WireMap } from './rpc.ts';
import { id, total } from './wire-values.ts';

/** ListSecrets' documented maximum; ListSecretVersionIds documents none and is used with 100 in public code. */
const PAGE_SIZE = 100;

const accepted = z.object({ RequestId: id });
const secretPage = z.object({
  RequestId: id,
  TotalCount: total,
  SecretList: z.object({ Secret: z.array(z.object({ SecretName: id })) }),
});
const versionPage = z.object({
  RequestId: id,
  TotalCount: total,
  VersionIds: z.object({
    VersionId: z.array(
      z.object({
        VersionId: id,
        CreateTime: z.pipe(z.string(), z.transform(Date.parse)).check(z.refine(Number.isFinite)),
        VersionStages: z.optional(z.object({ VersionStage: z.optional(z.array(z.string())) })),
      }),
    ),
  }),
});
const secretValue = z.object({ RequestId: id, VersionId: id, SecretData: z.string() });

/** KMS generic secrets of one region, over any transport. */
export function createSecretStore(transport: RpcTransport, regionId: string): SecretStore {
  // A form body for every parameter, as alibaba's Terraform provider sends them: the documented place is
  // the query, which would put SecretData into the URL and into every log that sees it.
  const call = <T>(action: KmsAction, body: WireMap, decode: (body: unknown) => T | null) =>
    ask(transport, { product: 'kms', action, regionId, query: {}, body }, decode);
  const command = async (action: KmsAction, body: WireMap): Promise<Outcome<null>> => {
    const outcome = await call(action, body, (answer) => accepted.safeParse(answer).data ?? null);
    return outcome.kind === 'ok' ? { kind: 'ok', value: null } : outcome;
  };
  return {
    listNames: (pageNumber) =>
      call('ListSecrets', { PageNumber: pageNumber, PageSize: PAGE_SIZE }, decodeNames),
    listVersions: async (name) => {
      const fixed = { SecretName: name, IncludeDeprecated: 'true' };
      const versions = await allPages((page) =>
        call('ListSecretVersionIds', { ...fixed, ...page }, decodeVersions),
      );
      if (versions.kind !== 'ok') return versions;
      const byId = new Map(versions.value.map((version) => [version.versionId, version]));
      return { kind: 'ok', value: [...byId.values()] };
    },
    readVersion: (name, versionId) =>
      call('GetSecretValue', { SecretName: name, VersionId: versionId }, (answer) => {
        const value = secretValue.safeParse(answer).data;
        // Managed secrets ignore the VersionId and answer the current one: not what was asked for.
        return value?.VersionId === versionId ? new Redacted(value.SecretData) : null;
      }),
    readLabelled: (name, label) =>
      call('GetSecretValue', { SecretName: name, VersionStage: label }, (answer) => {
        const value = secretValue.safeParse(answer).data;
        return value === undefined ? null : new Redacted(value.SecretData);
      }),
    putVersion: ({ name, versionId, data, labels }) => {
      // Without labels the service would move ACSCurrent to the new version.
      if (labels.length === 0) throw new TypeError('a new version needs a label');
      return command('PutSecretValue', {
        SecretName: name,
        VersionId: versionId,
        SecretData: data.expose(),
        SecretDataType: 'text',
        VersionStages: JSON.stringify(labels),
      });
    },
    moveLabel: ({ name, label, from, to }) =>
      command('UpdateSecretVersionStage', {
        SecretName: name,
        VersionStage: label,
        ...(from === undefined ? {} : { RemoveFromVersion: from }),
        ...(to === undefined ? {} : { MoveToVersion: to }),
      }),
  };
}

function decodeNames(body: unknown): Page<string> | null {
  const page = secretPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.SecretList.Secret.map(({ SecretName }) => SecretName);
  return { items, totalCount: page.TotalCount };
}

function decodeVersions(body: unknown): Page<SecretVersion> | null {
  const page = versionPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.VersionIds.VersionId.map((version) => ({
    versionId: version.VersionId,
    labels: version.VersionStages?.VersionStage ?? [],
    createdAt: epochMs(version.CreateTime),
  }));
  return { items, totalCount: page.TotalCount };
}

/** Follows a listing to its end: the total is reached, or a page is empty whatever the total says. */
async function allPages<T>(
  read: (page: { PageNumber: number; PageSize: number }) => Promise<Outcome<Page<T>>>,
): Promise<Outcome<readonly T[]>> {
  const items: T[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await read({ PageNumber: pageNumber, PageSize: PAGE_SIZE });
    if (page.kind !== 'ok') return page;
    items.push(...page.value.items);
    if (page.value.items.length === 0 || items.length >= page.value.totalCount) {
      return { kind: 'ok', value: items };
    }
  }
}
