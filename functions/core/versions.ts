import type { BeforeRecord } from './before.ts';
import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import type { ParsedDocument, RotationDocument } from './document.ts';
import type { EpochMs } from './units.ts';

/** The version labels Keyturn reads and moves. The first two are the service's own. */
export const LABELS = {
  current: 'ACSCurrent',
  previous: 'ACSPrevious',
  next: 'KeyturnNext',
  peerReady: 'KeyturnPeerReady',
  held: 'KeyturnHeld',
  before: 'KeyturnBefore',
} as const;

export interface SecretVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  readonly createdAt: EpochMs;
}

/** One secret as gathered: its versions, and the documents of the labelled ones. */
export interface SecretSnapshot {
  readonly name: string;
  readonly versions: readonly SecretVersion[];
  readonly documents: ReadonlyMap<string, ParsedDocument>;
  /** What the version labelled KeyturnBefore holds; null when there is none. */
  readonly before: BeforeRecord | null;
}

/** What a secret asks of this run. */
export type Aim =
  | {
      readonly kind: 'apply';
      readonly secretName: string;
      readonly versionId: string;
      readonly document: RotationDocument;
      /** True when the version is the next one, to be promoted once everything holds it. */
      readonly promote: boolean;
      /** Not null: touch nothing yet. */
      readonly waiting: Reason | null;
      /** Not null: a version failed before; only a restore may go on. */
      readonly held: Reason | null;
    }
  | { readonly kind: 'none'; readonly secretName: string; readonly reason: Reason };

/** The version that carries a label, or null. */
export function holderOf(
  secret: { readonly versions: readonly SecretVersion[] },
  label: string,
): SecretVersion | null {
  return secret.versions.find((version) => version.labels.includes(label)) ?? null;
}

/**
 * Whether an operator's restore is under way: the current version is held and the one before it is to be
 * applied again. It still is when promotion was cut short, which moves ACSPrevious first and ACSCurrent next.
 */
export function goesBack(secret: { readonly versions: readonly SecretVersion[] }): boolean {
  const held = holderOf(secret, LABELS.held);
  const next = holderOf(secret, LABELS.next);
  const current = holderOf(secret, LABELS.current);
  const previous = holderOf(secret, LABELS.previous);
  if (held === null || next === null || next === held) return false;
  if (next === current) return true;
  return held === current && (previous === next || previous === current);
}

/** The version that the tunnels come from: the one that is taken back, else the current one. */
export function leftBehind(secret: { readonly versions: readonly SecretVersion[] }): string | null {
  const left = holderOf(secret, LABELS.held) ?? holderOf(secret, LABELS.current);
  return left?.versionId ?? null;
}

/** The parsed document of the version with this label, when there is one and it is valid. */
export function documentAt(snapshot: SecretSnapshot, label: string): RotationDocument | null {
  const holder = holderOf(snapshot, label);
  const parsed = holder === null ? undefined : snapshot.documents.get(holder.versionId);
  return parsed?.kind === 'document' ? parsed.document : null;
}

/**
 * Decides what a secret asks for: the next version where there is one, else the current one.
 * `now` is compared with a scheduled handover.
 */
export function aimOf(
  snapshot: SecretSnapshot,
  now: EpochMs,
  parseInstant: (iso: string) => number,
): Aim {
  const secretName = snapshot.name;
  const next = holderOf(snapshot, LABELS.next);
  const current = holderOf(snapshot, LABELS.current);
  const wanted = next ?? current;
  if (wanted === null)
    return { kind: 'none', secretName, reason: reason('no-version', secretName) };
  const parsed = snapshot.documents.get(wanted.versionId);
  if (parsed === undefined) {
    return {
      kind: 'none',
      secretName,
      reason: reason('read-failed', `${secretName} version ${wanted.versionId}`),
    };
  }
  if (parsed.kind === 'faults') {
    const places = parsed.faults.map((fault) => `${fault.path}: ${fault.rule}`).join('; ');
    return {
      kind: 'none',
      secretName,
      reason: reason('document-invalid', `${secretName} version ${wanted.versionId}: ${places}`),
    };
  }
  const { document } = parsed;
  const promote = next !== null && next.versionId !== current?.versionId;
  const held = goesBack(snapshot) ? null : holderOf(snapshot, LABELS.held);
  return {
    kind: 'apply',
    secretName,
    versionId: wanted.versionId,
    document,
    promote,
    waiting: promote ? handoverWaits(document, wanted, now, parseInstant) : null,
    held: held === null ? null : reason('held', `${secretName} version ${held.versionId}`),
  };
}

function handoverWaits(
  document: RotationDocument,
  next: SecretVersion,
  now: EpochMs,
  parseInstant: (iso: string) => number,
): Reason | null {
  const { handover } = document;
  switch (handover.mode) {
    case 'immediate':
    case 'stepwise':
      return null;
    case 'acknowledged':
      return next.labels.includes(LABELS.peerReady)
        ? null
        : reason('peer-not-ready', `version ${next.versionId}`);
    case 'scheduled':
      return parseInstant(handover.notBefore) <= now
        ? null
        : reason('not-before', handover.notBefore);
  }
}

/** A secret keeps ten versions (KMS, PutSecretValue, read November 2026); the next one pushes one out. */
export const VERSION_LIMIT = 10;

/** One rotation stores a next version and may store a KeyturnBefore: with less than two of them, warn. */
const ROOM_FOR_TWO_ROTATIONS = 4;

/**
 * How many more versions can be stored before the oldest that carries a label could be pushed out: the free
 * places, and the places of those without a label that are older still. Nobody knows whether the service
 * spares labelled versions.
 */
export function roomFor(versions: readonly SecretVersion[]): number {
  const byAge = versions.toSorted((a, b) => a.createdAt - b.createdAt);
  const labelled = byAge.findIndex(({ labels }) => labels.length > 0);
  const older = labelled < 0 ? byAge.length : labelled;
  return Math.max(0, VERSION_LIMIT - versions.length) + older;
}

/** Said in time: before a rotation finds no room. */
export function versionsLow(
  secrets: readonly Pick<SecretSnapshot, 'name' | 'versions'>[],
): readonly Reason[] {
  return secrets.flatMap(({ name, versions }) => {
    const room = roomFor(versions);
    return room < ROOM_FOR_TWO_ROTATIONS
      ? [reason('versions-low', `${name}: room for ${room}`)]
      : [];
  });
}
