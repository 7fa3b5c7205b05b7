import { CODES, KeyturnError, reason } from '../core/codes.ts';
import type { CodeName } from '../core/codes.ts';
import { isReplacement } from '../core/customer-gateways.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { movedGroups } from '../core/move-group.ts';
import type { Moved } from '../core/move-group.ts';
import { outcomeOf } from '../core/report.ts';
import type { Report, SecretReport, StepReport } from '../core/report.ts';
import type { Task } from '../core/task.ts';
import { LABELS, holderOf, versionsLow } from '../core/versions.ts';
import type { EpochMs } from '../core/units.ts';
import { applyGroups, verdictOf } from './apply-groups.ts';
import type { Run } from './context.ts';
import { removeLeftOvers } from './customer-gateways.ts';
import { FailureBudget } from './failure-budget.ts';
import { groupReport, resumeRestore, untouched } from './finish-group.ts';
import type { GroupEnd } from './finish-group.ts';
import { secretNames } from './gather.ts';
import { generateDue } from './generate.ts';
import type { Generated } from './generate.ts';
import { paced } from './governor.ts';
import type { Governor } from './governor.ts';
import { Locks, Watchers } from './lanes.ts';
import { handOn } from './hand-on.ts';
import { withKnownConnections } from './known-connections.ts';
import { makeMoves } from './labels.ts';
import { claimOf, followLease, takeLease } from './lease.ts';
import type { Taking } from './lease.ts';
import { fingerprintOf, prepare } from './prepare.ts';
import type { Prepared, Purpose } from './prepare.ts';
import { Promotions, unusableReports } from './promote-secrets.ts';
import { repeat } from './retry.ts';
import { deferred, heading, proofWarnings } from './run-report.ts';
import type { Asked } from './run-report.ts';
import { saveOverwritten } from './save-overwritten.ts';
import type { Floor } from './work-group.ts';

export interface RotateRequest extends Asked {
  /** Names, the last may be a prefix that ends in `*`. */
  readonly secrets: readonly string[];
  /** Name of the lease secret; null: only the caller's own serialisation keeps runs apart. */
  readonly leaseSecret: string | null;
  /** What Keyturn says to an invocation that it starts itself; null for everybody else's. */
  readonly task: Task | null;
  /** The function that goes on where this run's time ends; null: nobody does. */
  readonly successor: string | null;
  /** Fingerprint of a plan that somebody approved: the run does that, or nothing. */
  readonly approved?: string;
}

/**
 * Gathers, plans, applies, proves, promotes and reports, under the lease where one is configured. Gives
 * the report; throws a KeyturnError only where nothing was begun.
 */
export function rotate(run: Run, request: RotateRequest): Promise<Report> {
  return underLease(run, request, 'rotate');
}

/** The same for a person who wants back what was before: see docs/decisions/20261126-restore-is-a-rotation.md. */
export function restore(run: Run, request: RotateRequest): Promise<Report> {
  // A window is for what can wait.
  const options = { ...run.options, ignoreWindow: true };
  return underLease({ ...run, options }, request, 'restore');
}

async function underLease(unpaced: Run, request: RotateRequest, purpose: Purpose): Promise<Report> {
  const { run, governor } = paced(withKnown(unpaced));
  const startedAt = run.ports.clock.now();
  const names = await secretNames(run, request.secrets);
  run.ports.log.event({ kind: 'run-started', runId: run.runId, secrets: names });
  const begun = { names, startedAt, purpose, governor };
  if (request.leaseSecret === null) {
    warn(run, 'no-lease');
    const report = await work(run, request, begun);
    return (await handOn(run, { ...request, action: purpose }, report)).report;
  }
  const taking = await comeUnderLease(run, request, request.leaseSecret);
  switch (taking.kind) {
    case 'deferred':
      return deferred(run, request, taking.reason);
    case 'failed':
      throw new KeyturnError(taking.reason.code, taking.reason.detail);
    case 'held': {
      const leased = { ...run, lease: taking.lease };
      let handedOn = false;
      try {
        const report = await work(leased, request, begun);
        const end = await handOn(leased, { ...request, action: purpose }, report);
        ({ handedOn } = end);
        return end.report;
      } finally {
        if (!handedOn) await taking.lease.release();
      }
    }
  }
}

function withKnown(run: Run): Run {
  return { ...run, ports: { ...run.ports, vpn: withKnownConnections(run.ports.vpn) } };
}

/** A shard works under the lease of its dispatcher; every other run takes its own. */
function comeUnderLease(run: Run, { task }: RotateRequest, leaseSecret: string): Promise<Taking> {
  const holder = task?.shard?.leaseHolder ?? null;
  if (holder !== null) return followLease(run, leaseSecret, holder);
  return takeLease(run, leaseSecret, claimOf(run, task?.continuation ?? 0));
}

function warn(run: Run, code: CodeName, detail = ''): void {
  const message = `${CODES[code].sentence} ${detail}`.trimEnd();
  run.ports.log.event({ kind: 'warning', code, message });
}

/** Gathers, checks and plans, and reports what a run would begin with. Writes nothing. */
export async function planRun(unpaced: Run, request: RotateRequest): Promise<Report> {
  const { run } = paced(unpaced);
  const startedAt = run.ports.clock.now();
  const names = await secretNames(run, request.secrets);
  run.ports.log.event({ kind: 'run-started', runId: run.runId, secrets: names });
  const prepared = await prepare(run, names, 'rotate');
  announce(run, prepared);
  const groups = prepared.plans.map((plan) =>
    groupReport(untouched(plan, verdictOf(plan), plan.reason)),
  );
  const secrets = unusableReports(prepared);
  const outcome = outcomeOf({ groups, secrets, wrote: false });
  run.ports.log.event({ kind: 'run-finished', outcome });
  return { ...heading(run, request, startedAt), outcome, groups, secrets, steps: [], warnings: [] };
}

async function work(
  run: Run,
  request: RotateRequest,
  begun: {
    readonly names: readonly string[];
    readonly startedAt: EpochMs;
    readonly purpose: Purpose;
    readonly governor: Governor;
  },
): Promise<Report> {
  const { names, purpose } = begun;
  const first = await prepare(run, names, purpose);
  const { approved } = request;
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
  const canaryPassed = request.task?.shard?.canaryPassed ?? false;
  const promotions = new Promotions(floor, prepared);
  const onEnd = (end: GroupEnd): void => promotions.ended(end);
  const ends = await applyGroups(floor, prepared, { restored, unready, canaryPassed, onEnd });
  const secrets = await promotions.reports();
  const leftOvers = await removeLeftOvers(run, gatewaysLeft(prepared, ends, secrets));
  const groups = ends.map(groupReport);
  const outcome = outcomeOf({ groups, secrets, wrote: steps.some((step) => step.requests > 0) });
  run.ports.log.event({ kind: 'run-finished', outcome });
  return {
    ...heading(run, request, begun.startedAt),
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

function announce(run: Run, { plans, restores }: Prepared): void {
  for (const applied of plans) {
    const plan = restores.find(({ group }) => group.id === applied.group.id) ?? applied;
    run.ports.log.event({
      kind: 'group-planned',
      group: plan.group.id,
      verdict: plan.verdict,
      reason: plan.reason.code,
      steps: plan.steps.map((step) => ({ ...step.tunnel, role: step.role })),
    });
  }
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
