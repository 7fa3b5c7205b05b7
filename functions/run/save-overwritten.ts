import type { Reason } from '../core/codes.ts';
import { plansBySecret } from '../core/group-plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { mayMove, movedTo } from '../core/move-group.ts';
import { statedBy } from '../core/stated.ts';
import type { Step } from '../core/steps.ts';
import { LABELS, holderOf, leftBehind } from '../core/versions.ts';
import type { Run } from './context.ts';
import { readDocument } from './gather.ts';
import { statedBefore } from './prepare.ts';
import type { Prepared, WorkedSecret } from './prepare.ts';
import { saveBefore } from './save-before.ts';

/**
 * Saves live values that stand in no version, for every secret that is about to overwrite some. Gives the
 * secrets for which that failed, and why: nothing of theirs may be written.
 */
export async function saveOverwritten(
  run: Run,
  prepared: Prepared,
): Promise<ReadonlyMap<string, Reason>> {
  const failed = new Map<string, Reason>();
  const plans = plansBySecret(prepared.plans);
  for (const secret of prepared.secrets) {
    const name = secret.aim.secretName;
    const steps = (plans.get(name) ?? [])
      .filter((plan) => plan.verdict === 'ready')
      .flatMap(stepsToSave);
    if (steps.length === 0) continue;
    const previous = secret.aim.promote ? null : await previousDocument(run, secret);
    const why = await saveBefore(run, {
      secretName: name,
      forVersionId: secret.aim.versionId,
      steps,
      record: secret.snapshot.before,
      leftVersionId: leftBehind(secret.snapshot),
      statements: (step) =>
        [
          statedBefore(secret, step.tunnel),
          previous === null ? null : statedBy(previous, step.tunnel),
        ].flatMap((stated) => stated ?? []),
    });
    if (why !== null) failed.set(name, why);
  }
  return failed;
}

/** What a group's steps may overwrite: the customer gateway too, should the service make it move. */
function stepsToSave(plan: GroupPlan): readonly Step[] {
  const { steps } = mayMove(plan) ? movedTo(plan, 'one yet to be made') : plan;
  return steps.filter((step) => !step.verifyOnly);
}

/** The document that ACSPrevious names; read only when a current version is applied over it. */
async function previousDocument(run: Run, { snapshot }: WorkedSecret) {
  const holder = holderOf(snapshot, LABELS.previous);
  if (holder === null) return null;
  const read = await readDocument(run, snapshot.name, holder.versionId);
  return read.kind === 'ok' && read.value.kind === 'document' ? read.value.document : null;
}
