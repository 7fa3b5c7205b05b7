import * as z from 'zod/mini';
import { Redacted } from '../core/redacted.ts';
import { epochMs } from '../core/units.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { Page } from '../ports/vpn-api.ts';
import { id, total } from './wire-values.ts';

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

/** Decoders: null for a shape that is not understood. */
export function decodeAccepted(body: unknown): true | null {
  return accepted.safeParse(body).success ? true : null;
}

export function decodeNames(body: unknown): Page<string> | null {
  const page = secretPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.SecretList.Secret.map(({ SecretName }) => SecretName);
  return { items, totalCount: page.TotalCount };
}

export function decodeVersions(body: unknown): Page<SecretVersion> | null {
  const page = versionPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.VersionIds.VersionId.map((version) => ({
    versionId: version.VersionId,
    labels: version.VersionStages?.VersionStage ?? [],
    createdAt: epochMs(version.CreateTime),
  }));
  return { items, totalCount: page.TotalCount };
}

/** What was asked for by its id. Managed secrets ignore the VersionId and answer the current one. */
export function decodeVersion(body: unknown, versionId: string): Redacted | null {
  const value = secretValue.safeParse(body).data;
  return value?.VersionId === versionId ? new Redacted(value.SecretData) : null;
}

/** What carries a label, whichever version that is. */
export function decodeLabelled(body: unknown): Redacted | null {
  const value = secretValue.safeParse(body).data;
  return value === undefined ? null : new Redacted(value.SecretData);
}
