/**
 * Stage labels. A label stands on exactly one version, a version carries any number of them.
 * Source: KMS documentation, "Overview of generic secrets" (2026-03-31), and the API pages of
 * PutSecretValue (July 2025) and UpdateSecretVersionStage (August 2025).
 */
import type { SecretVersion } from './state.ts';

export const CURRENT = 'ACSCurrent';
export const PREVIOUS = 'ACSPrevious';

/** Labels on all versions of a secret together, built-in ones included. */
export const MAX_LABELS = 8;
export const MAX_VERSIONS = 10;

type Versions = readonly SecretVersion[];

export const isBuiltIn = (label: string): boolean => label === CURRENT || label === PREVIOUS;

export function holderOf(versions: Versions, label: string): SecretVersion | undefined {
  return versions.find((version) => version.labels.includes(label));
}

export function countLabels(versions: Versions): number {
  return versions.reduce((sum, version) => sum + version.labels.length, 0);
}

export function detach(versions: Versions, label: string): Versions {
  return versions.map((version) =>
    version.labels.includes(label)
      ? { ...version, labels: version.labels.filter((other) => other !== label) }
      : version,
  );
}

/** Puts a label on a version, taking it from whichever holds it. */
export function attach(versions: Versions, label: string, versionId: string): Versions {
  if (holderOf(versions, label)?.versionId === versionId) return versions;
  return detach(versions, label).map((version) =>
    version.versionId === versionId ? { ...version, labels: [...version.labels, label] } : version,
  );
}

/** Moves ACSCurrent, and ACSPrevious to the version it left. */
export function shiftCurrent(versions: Versions, versionId: string): Versions {
  const left = holderOf(versions, CURRENT)?.versionId;
  if (left === versionId) return versions;
  const moved = attach(versions, CURRENT, versionId);
  return left === undefined ? moved : attach(moved, PREVIOUS, left);
}

/**
 * Rolling deletion: the oldest go until ten are left. The older documentation says the oldest *without a
 * label*, the newer one only the oldest, hence the switch. ACSCurrent stays in either reading, because a
 * secret without it could not be read at all.
 */
export function evict(versions: Versions, labelled: 'never' | 'oldest'): Versions {
  const kept = [...versions];
  while (kept.length > MAX_VERSIONS) {
    const victim = kept.findIndex((version, index) =>
      labelled === 'never'
        ? version.labels.length === 0
        : !version.labels.includes(CURRENT) && index < kept.length - 1,
    );
    if (victim < 0) throw new Error('eight labels cannot stand on eleven versions');
    kept.splice(victim, 1);
  }
  return kept;
}
