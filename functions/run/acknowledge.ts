import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Handover } from '../core/document.ts';
import { LABELS, documentAt, holderOf } from '../core/versions.ts';
import type { Run } from './context.ts';
import { gatherSecret } from './gather.ts';
import { ensureLabel } from './labels.ts';

export interface Acknowledged {
  readonly versionId: string;
  /** False: the label stood, or was off, already. */
  readonly changed: boolean;
  /** Of the next version's document; null where it is not valid. */
  readonly handover: Handover['mode'] | null;
}

/**
 * Says for the far end that it has the key of the next version, or (`ready` false) takes that back. Asks
 * no more of KMS than keyturn-far-end.policy.json allows. A reason where there is nothing to be ready for.
 */
export async function acknowledge(
  run: Run,
  told: {
    readonly secretName: string;
    /** The version that the far end has loaded; null: whichever is next. */
    readonly versionId: string | null;
    readonly ready: boolean;
  },
): Promise<
  | { readonly kind: 'acknowledged'; readonly acknowledged: Acknowledged }
  | { readonly kind: 'refused'; readonly reason: Reason }
> {
  const { secretName, ready } = told;
  const refused = (why: Reason) => ({ kind: 'refused', reason: why }) as const;
  const gathered = await gatherSecret(run, secretName, false);
  if (gathered.kind === 'none') return refused(gathered.reason);
  const { snapshot } = gathered;
  const next = holderOf(snapshot, LABELS.next);
  if (next === null) return refused(reason('nothing-next', secretName));
  const { versionId } = next;
  if (told.versionId !== null && told.versionId !== versionId) {
    return refused(reason('not-the-next', `${secretName}: next is version ${versionId}`));
  }
  const labelled = next.labels.includes(LABELS.peerReady);
  const failed = await ensureLabel(run, secretName, LABELS.peerReady, ready ? versionId : null);
  if (failed !== null) return refused(failed);
  const handover = documentAt(snapshot, LABELS.next)?.handover.mode ?? null;
  return {
    kind: 'acknowledged',
    acknowledged: { versionId, changed: labelled !== ready, handover },
  };
}
