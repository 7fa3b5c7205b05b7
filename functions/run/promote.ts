import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { LABELS } from '../core/versions.ts';
import type { Run } from './context.ts';
import { ensureLabel } from './labels.ts';

/**
 * Makes the next version the current one. Every call looks first and can be repeated; a run killed
 * between any two of them is finished by the next. ACSPrevious moves first: once ACSCurrent has moved,
 * nothing but ACSPrevious would tell which version it came from. KeyturnNext goes last, because it is
 * what makes a later run come back here; and only off this version, because a newer next one may have been
 * stored meanwhile.
 */
export async function promote(
  run: Run,
  secret: {
    readonly name: string;
    readonly fromVersionId: string | null;
    readonly toVersionId: string;
  },
): Promise<Reason | null> {
  const { name, fromVersionId, toVersionId } = secret;
  const previous = (): Promise<Reason | null> =>
    fromVersionId === null || fromVersionId === toVersionId
      ? Promise.resolve(null)
      : ensureLabel(run, name, LABELS.previous, fromVersionId);
  // A service that does not let ACSPrevious join ACSCurrent refuses this one; it is repeated below.
  await previous();
  const stuck =
    (await ensureLabel(run, name, LABELS.current, toVersionId)) ??
    (await previous()) ??
    (await ensureLabel(run, name, LABELS.peerReady, null, toVersionId)) ??
    (await ensureLabel(run, name, LABELS.next, null, toVersionId));
  return stuck?.code === 'label-not-moved' ? reason('promote-failed', stuck.detail) : stuck;
}
