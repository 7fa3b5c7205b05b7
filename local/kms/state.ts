import type { Prng } from '../prng.ts';

export type DataType = 'text' | 'binary';

/** Immutable: every change makes a new array of versions, so that a stale read can show an older one. */
export interface SecretVersion {
  readonly versionId: string;
  readonly data: string;
  readonly dataType: DataType;
  readonly createdAt: number;
  readonly labels: readonly string[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Secret {
  readonly name: string;
  description: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  updatedAt: number;
  /** Null unless the secret is scheduled for deletion. */
  plannedDeleteAt: number | null;
  /** In order of creation. */
  versions: readonly SecretVersion[];
  /** What the versions were until `until`, oldest first, as far back as a stale list may look. */
  past: readonly { readonly until: number; readonly versions: readonly SecretVersion[] }[];
}

/** The generic secrets of one account in one region. */
export interface KmsState {
  readonly accountId: string;
  readonly regionId: string;
  readonly secrets: Map<string, Secret>;
  /** How far behind each stale list is. */
  readonly lag: Prng;
  readonly passwords: Prng;
}

/** How far behind a stale read may be. Nothing is documented; a few seconds are usual. */
export const MAX_LIST_LAG_MS = 5_000;

export function createKmsState(options: {
  random: Prng;
  accountId: string;
  regionId: string;
}): KmsState {
  return {
    accountId: options.accountId,
    regionId: options.regionId,
    secrets: new Map(),
    lag: options.random.fork('kms-list-lag'),
    passwords: options.random.fork('kms-passwords'),
  };
}

/** The secret, unless it never was or its deletion has come due. */
export function lookUp(state: KmsState, name: string, now: number): Secret | undefined {
  const secret = state.secrets.get(name);
  if (secret === undefined) return undefined;
  if (secret.plannedDeleteAt === null || secret.plannedDeleteAt > now) return secret;
  state.secrets.delete(name);
  return undefined;
}

export function addSecret(
  state: KmsState,
  fields: {
    name: string;
    versions: readonly SecretVersion[];
    now: number;
    description?: string;
    tags?: readonly Tag[];
  },
): void {
  state.secrets.set(fields.name, {
    name: fields.name,
    description: fields.description ?? '',
    tags: fields.tags ?? [],
    createdAt: fields.now,
    updatedAt: fields.now,
    plannedDeleteAt: null,
    versions: fields.versions,
    past: [],
  });
}

export function replaceVersions(
  secret: Secret,
  versions: readonly SecretVersion[],
  now: number,
): void {
  const visible = secret.past.filter((entry) => entry.until > now - MAX_LIST_LAG_MS);
  secret.past = [...visible, { until: now, versions: secret.versions }];
  secret.versions = versions;
  secret.updatedAt = now;
}

/** The versions as they were at an instant no further back than `MAX_LIST_LAG_MS`. */
export function versionsAt(secret: Secret, instant: number): readonly SecretVersion[] {
  return secret.past.find((entry) => entry.until > instant)?.versions ?? secret.versions;
}

/** Puts a secret in as it stands when the story begins; exactly one version must be the current one. */
export function seedSecret(
  state: KmsState,
  seed: {
    name: string;
    now: number;
    versions: readonly { versionId: string; data: string; labels: readonly string[] }[];
  },
): void {
  const labels = seed.versions.flatMap((version) => version.labels);
  if (!labels.includes('ACSCurrent') || new Set(labels).size !== labels.length) {
    throw new Error(`secret ${seed.name} needs one ACSCurrent and no label twice`);
  }
  addSecret(state, {
    name: seed.name,
    now: seed.now,
    versions: seed.versions.map((version) => ({
      ...version,
      dataType: 'text',
      createdAt: seed.now,
    })),
  });
}

/** Everything a checker may want to see, data in plain text. */
export function snapshotSecrets(state: KmsState): readonly {
  readonly name: string;
  readonly plannedDeleteAt: number | null;
  readonly versions: readonly SecretVersion[];
}[] {
  return [...state.secrets.values()].map(({ name, plannedDeleteAt, versions }) => ({
    name,
    plannedDeleteAt,
    versions,
  }));
}
