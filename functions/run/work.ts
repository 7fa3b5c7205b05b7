import { KeyturnError, reason } from '../core/codes.ts';
import { isReplacement } from '../core/customer-gateways.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { movedGroups } from '../core/move-group.ts';
import type { Moved } from '../core/move-group.ts';
import { outcomeOf } from '../core/report.ts';
import type { Report, SecretReport, StepReport } from '../core/report.ts';
import type { Task } from '../core/task.ts';
import { LABELS, holderOf, versionsLow } from '../core/versions.ts';
import { announce } from './announce.ts';
import { applyGroups } from './apply-groups.ts';
import type { Run } from './context.ts';
import { removeLeftOvers } from './customer-gateways.ts';
import { FailureBudget } from './failure-budget.ts';
import { groupReport, resumeRestore, untouched } from './finish-group.ts';
import type { GroupEnd } from './finish-group.ts';
import type { GatheredSecret } from './gather.ts';
import { generateDue } from './generate.ts';
import type { Generated } from './generate.ts';
import type { Governor } from './governor.ts';
import { Locks, Watchers } from './lanes.ts';
import { makeMoves } from './labels.ts';
import { fingerprintOf, prepare, prepareFrom } from './prepare.ts';
import type { Prepared, Purpose } from './prepare.ts';
import { Promotions } from './promote-secrets.ts';
import { repeat } from './retry.ts';
import { proofWarnings } from './run-report.ts';
import type { Heading } from './run-report.ts';
import { saveOverwritten } from './save-overwritten.ts';
import { warn } from './warn.ts';
import type { Floor } from './work-group.ts';

/** What a run reports of what it did. */
export type WorkReport = Omit<Report, keyof Heading>;

/**
 * What a run does once its secrets are read: plans, applies, proves and promotes. Throws a KeyturnError
 * where the world is not as it was when the plan was approved; then nothing was written.
 */
export async function workOff(
  run: Run,
  { approved, task }: { readonly approved?: string; readonly task: Task | null },
  begun: {
    readonly names: readonly string[];
    readonly gathered: readonly GatheredSecret[];
    readonly purpose: Purpose;
    readonly governor: Governor;
  },
): Promise<WorkReport> {
  const { names, purpose } = begun;
  const first = await prepareFrom(run, begun.gathered, purpose);
  if (approved !== undefined && fingerprintOf(run, first) !== approved) {
    throw new KeyturnError('plan-outdated', '');
  }
  // New keys were neither in the plan that was approved, nor are they what somebody wants who wants back.
  const generates = approved === undefined && purpose === 'rotate';
  const generated: Generated = generates ? await generateDue(run, first) : new Map();
  const fresh = [...generated.values()].includes('stored');
  const prepared = fresh ? await prepareWith(run, names, generated) : first;
  announce(run, prepared);
  const low = versionsLow(prepared.secrets.map(({ snapshot }) => snapshot));
  for (const { code, detail } of low) warn(run, code, detail);
  const steps: StepReport[] = [];
  const floor = floorOf(run, begun.governor, prepared, (step) => steps.push(step));
  const unmoved = await makeMoves(run, prepared.secrets);
  const restored = await Promise.all(
    prepared.restores
      .filter((plan) => plan.secrets.every(({ name }) => !unmoved.has(name)))
      .map((plan) => putBack(floor, plan)),
  );
  const unready = new Map([...unmoved, ...(await saveOverwritten(run, prepared))]);
  const canaryPassed = task?.shard?.canaryPassed ?? false;
  const promotions = new Promotions(floor, prepared);
  const onEnd = (end: GroupEnd): void => promotions.ended(end);
  const ends = await applyGroups(floor, prepared, { restored, unready, canaryPassed, onEnd });
  const secrets = await promotions.reports();
  const leftOvers = await removeLeftOvers(run, gatewaysLeft(prepared, ends, secrets));
  const groups = ends.map(groupReport);
  const outcome = outcomeOf({ groups, secrets, wrote: steps.some((step) => step.requests > 0) });
  run.ports.log.event({ kind: 'run-finished', outcome });
  return {
    outcome,
    groups,
    secrets,
    steps,
    warnings: [
      ...(run.lease === null ? [reason('no-lease')] : []),
      ...[...generated.values()].flatMap((result) => (result === 'stored' ? [] : [result])),
      ...leftOvers,
      ...low,
      ...proofWarnings(groups.flatMap((group) => group.tunnels)),
    ],
  };
}

/** Groups whose former customer gateways nobody needs any more, once their documents are promoted. */
function gatewaysLeft(
  { secrets, customerGateways }: Prepared,
  ends: readonly GroupEnd[],
  reports: readonly SecretReport[],
): readonly Moved[] {
  const promoted = new Set(reports.flatMap((report) => (report.promoted ? report.name : [])));
  const unpromoted = secrets.flatMap(({ aim }) =>
    aim.promote && !promoted.has(aim.secretName) ? aim.secretName : [],
  );
  const replaced = customerGateways.some(isReplacement);
  return movedGroups(ends, { unpromoted: new Set(unpromoted), replaced });
}

/** One group's way back, where it can be told what is to go back. */
async function putBack(floor: Floor, plan: GroupPlan): Promise<GroupEnd> {
  return plan.verdict === 'unknown'
    ? untouched(plan, 'unknown', plan.reason)
    : resumeRestore(floor, plan);
}

/** Prepares again with the versions just stored: a list of versions may be older than they are. */
function prepareWith(run: Run, names: readonly string[], generated: Generated): Promise<Prepared> {
  return repeat<Prepared>(run, run.options.attempts, async () => {
    const prepared = await prepare(run, names, 'rotate');
    const listed = prepared.secrets.every(
      ({ aim, snapshot }) =>
        generated.get(aim.secretName) !== 'stored' || holderOf(snapshot, LABELS.next) !== null,
    );
    return listed
      ? { again: false, value: prepared }
      : { again: 'later', value: prepared, atLeastMs: 0 };
  });
}

function floorOf(
  run: Run,
  governor: Governor,
  { fleet, plans }: Prepared,
  record: (step: StepReport) => void,
): Floor {
  const locks = new Locks();
  const watchers = new Watchers(run, { locks, governor, fleet, plans });
  const budget = new FailureBudget(run.options.failureBudget);
  return { run, locks, watchers, budget, record };
}
