import * as z from 'zod/mini';
import { Redacted } from '../core/redacted.ts';
import { epochMs } from '../core/units.ts';
import type { LabelledVersion, SecretVersion } from '../ports/secret-store.ts';
import type { Page } from '../ports/vpn-api.ts';
import { id, total } from './wire-values.ts';

const accepted = z.object({ RequestId: id });
const secretPage = z.object({
  RequestId: id,
  TotalCount: total,
  SecretList: z.object({ Secret: z.array(z.object({ SecretName: id })) }),
});
const version = z.object({
  VersionId: id,
  CreateTime: z.pipe(z.string(), z.transform(Date.parse)).check(z.refine(Number.isFinite)),
  VersionStages: z.optional(z.object({ VersionStage: z.optional(z.array(z.string())) })),
});
const versionPage = z.object({
  RequestId: id,
  TotalCount: total,
  VersionIds: z.object({ VersionId: z.array(version) }),
});
const secretValue = z.object({ RequestId: id, VersionId: id, SecretData: z.string() });
const labelledValue = z.extend(version, { RequestId: id, SecretData: z.string() });

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
  return { items: page.VersionIds.VersionId.map(versionOf), totalCount: page.TotalCount };
}

/** What was asked for by its id. Managed secrets ignore the VersionId and answer the current one. */
export function decodeVersion(body: unknown, versionId: string): Redacted | null {
  const value = secretValue.safeParse(body).data;
  return value?.VersionId === versionId ? new Redacted(value.SecretData) : null;
}

/** What carries a label, whichever version that is. */
export function decodeLabelled(body: unknown): LabelledVersion | null {
  const value = labelledValue.safeParse(body).data;
  if (value === undefined) return null;
  return { version: versionOf(value), data: new Redacted(value.SecretData) };
}

function versionOf({ VersionId, CreateTime, VersionStages }: z.infer<typeof version>) {
  return {
    versionId: VersionId,
    labels: VersionStages?.VersionStage ?? [],
    createdAt: epochMs(CreateTime),
  };
}
