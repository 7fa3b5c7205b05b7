import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import type { Wanted } from './compare.ts';
import { LABELS, goesBack, holderOf } from './versions.ts';
import type { SecretSnapshot } from './versions.ts';

/** One label onto a version, or (`to` null) off every version. */
export interface LabelMove {
  readonly label: string;
  readonly to: string | null;
}

/** What an operator's `restore` means for one secret. */
export type TakeBack =
  /** The next version was never promoted: it is held, and the tunnels that have it go back. */
  | { readonly kind: 'undo'; readonly moves: readonly LabelMove[] }
  /** The current version is taken back: the previous one is applied as a next version. */
  | { readonly kind: 'return'; readonly moves: readonly LabelMove[] }
  /** An earlier restore has already been carried out. */
  | { readonly kind: 'done' }
  | { readonly kind: 'impossible'; readonly reason: Reason };

/**
 * Decides by the labels alone, so that a restore that was killed, and one that is asked for twice, ends
 * where the first would have. The moves are in the order in which they are safe to be cut short:
 * KeyturnHeld first, since nothing is applied from then on, and KeyturnNext last.
 */
export function takeBackOf(snapshot: SecretSnapshot): TakeBack {
  const next = holderOf(snapshot, LABELS.next);
  const current = holderOf(snapshot, LABELS.current);
  const previous = holderOf(snapshot, LABELS.previous);
  if (goesBack(snapshot)) return { kind: 'return', moves: [] };
  if (next !== null && next !== current && (next !== previous || current === null)) {
    return { kind: 'undo', moves: [{ label: LABELS.held, to: next.versionId }] };
  }
  if (current === null || previous === null || previous === current) {
    return { kind: 'impossible', reason: reason('no-previous', snapshot.name) };
  }
  if (next === null && previous.labels.includes(LABELS.held)) return { kind: 'done' };
  return { kind: 'return', moves: returnMoves(snapshot, current.versionId, previous.versionId) };
}

function returnMoves(snapshot: SecretSnapshot, from: string, to: string): readonly LabelMove[] {
  // Saved when `to` was applied for the first time: what was before it then is not what is before it now.
  // What an earlier attempt to go back has saved beside what was before `from` is not outdated.
  const { before } = snapshot;
  const outdated = before?.forVersionId === to && before.earlier?.forVersionId !== from;
  return [
    { label: LABELS.held, to: from },
    ...(outdated ? [{ label: LABELS.before, to: null }] : []),
    { label: LABELS.next, to },
  ];
}

/** The snapshot as it is after the moves. */
export function relabelled(snapshot: SecretSnapshot, moves: readonly LabelMove[]): SecretSnapshot {
  let { versions } = snapshot;
  for (const { label, to } of moves) {
    versions = versions.map((version) => {
      const labels = version.labels.filter((other) => other !== label);
      return { ...version, labels: version.versionId === to ? [...labels, label] : labels };
    });
  }
  const forgotten = moves.some(({ label }) => label === LABELS.before);
  return { ...snapshot, versions, before: forgotten ? null : snapshot.before };
}

/**
 * What a tunnel shall become when a version is gone back to: what that version says, and where it says
 * nothing, what was saved before the version that is taken back changed it.
 */
export function filledIn(wanted: Wanted, saved: Wanted | undefined, replaces = false): Wanted {
  if (saved === undefined) return wanted;
  const { customerGatewayId, ...others } = saved.settings;
  // A group that has left its customer gateway for a new one does not go back to it.
  const gateway = replaces || customerGatewayId === undefined ? {} : { customerGatewayId };
  return {
    key: wanted.key ?? saved.key,
    settings: { ...others, ...gateway, ...wanted.settings },
  };
}
