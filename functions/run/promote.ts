import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { LABELS } from '../core/versions.ts';
import type { SecretSnapshot } from '../core/versions.ts';
import type { Run } from './context.ts';
import { ensureLabel } from './labels.ts';

/**
 * Makes the next version the current one. Every call can be repeated; a run killed between any two of them
 * is finished by the next. ACSPrevious moves first: once ACSCurrent has moved, nothing but ACSPrevious would
 * tell which version it came from. KeyturnNext goes last, because it is what makes a later run come back
 * here; and only off this version, because a newer next one may have been stored meanwhile. What was
 * gathered counts as the first look of each call, so the usual promotion is three calls.
 */
export async function promote(
  run: Run,
  secret: {
    readonly snapshot: SecretSnapshot;
    readonly fromVersionId: string | null;
    readonly toVersionId: string;
  },
): Promise<Reason | null> {
  const { fromVersionId, toVersionId } = secret;
  const { name, versions: known } = secret.snapshot;
  const leaves = fromVersionId === null || fromVersionId === toVersionId ? null : fromVersionId;
  // A service that does not let ACSPrevious join ACSCurrent refuses this one; it is repeated below.
  const early =
    leaves === null ? null : await ensureLabel(run, name, LABELS.previous, leaves, { known });
  const off = { known, off: toVersionId };
  const stuck =
    (await ensureLabel(run, name, LABELS.current, toVersionId, { known })) ??
    (early === null ? null : await ensureLabel(run, name, LABELS.previous, leaves)) ??
    (await ensureLabel(run, name, LABELS.peerReady, null, off)) ??
    (await ensureLabel(run, name, LABELS.next, null, off));
  return stuck?.code === 'label-not-moved' ? reason('promote-failed', stuck.detail) : stuck;
}
