import { CODES, KeyturnError, reason } from '../core/codes.ts';
import type { CodeName, Reason, Verdict } from '../core/codes.ts';
import { isReplacement } from '../core/customer-gateways.ts';
import { isBegun, plansBySecret, runOrder } from '../core/group-plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { mayMove, movedTo } from '../core/move-group.ts';
import { outcomeOf } from '../core/report.ts';
import type { Report, SecretReport, StepReport } from '../core/report.ts';
import { statedBy } from '../core/stated.ts';
import type { Task } from '../core/task.ts';
import { LABELS, holderOf, leftBehind, versionsLow } from '../core/versions.ts';
import type { Step } from '../core/steps.ts';
import type { EpochMs } from '../core/units.ts';
import { mustStop } from './context.ts';
import type { Run } from './context.ts';
import { removeLeftOvers } from './customer-gateways.ts';
import type { Moved } from './customer-gateways.ts';
import { FailureBudget } from './failure-budget.ts';
import { groupReport, resumeRestore, runGroup, untouched } from './finish-group.ts';
import type { GroupEnd } from './finish-group.ts';
import { readDocument, secretNames } from './gather.ts';
import { generateDue } from './generate.ts';
import type { Generated } from './generate.ts';
import { isoTime } from './iso-time.ts';
import { paced } from './governor.ts';
import type { Governor } from './governor.ts';
import { Locks, Watchers } from './lanes.ts';
import { handOn } from './hand-on.ts';
import { makeMoves } from './labels.ts';
import { claimOf, followLease, takeLease } from './lease.ts';
import type { Taking } from './lease.ts';
import { fingerprintOf, prepare, statedBefore } from './prepare.ts';
import type { Prepared, Purpose, WorkedSecret } from './prepare.ts';
import { Promotions, unusableReports } from './promote-secrets.ts';
import { repeat } from './retry.ts';
import { saveBefore } from './save-before.ts';
import { closedWindow } from './windows.ts';
import type { Floor } from './work-group.ts';

export interface RotateRequest {
  /** Names, the last may be a prefix that ends in `*`. */
  readonly secrets: readonly string[];
  /** `timer nightly`, `cli`, …: for the report. */
  readonly trigger: string;
  readonly requestReason: string | null;
  /** Name of the lease secret; null: only the caller's own serialisation keeps runs apart. */
  readonly leaseSecret: string | null;
  /** What Keyturn says to an invocation that it starts itself; null for everybody else's. */
  readonly task: Task | null;
  /** The function that goes on where this run's time ends; null: nobody does. */
  readonly successor: string | null;
  /** Fingerprint of a plan that somebody approved: the run does that, or nothing. */
  readonly approved?: string;
  readonly countedCalls: () => Readonly<Record<string, number>>;
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
  const { run, governor } = paced(unpaced);
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
  const unready = new Map([...unmoved, ...(await saveAll(run, prepared))]);
  const canaryPassed = request.task?.shard?.canaryPassed ?? false;
  const promotions = new Promotions(floor, prepared);
  const onEnd = (end: GroupEnd): void => promotions.ended(end);
  const ends = await applyAll(floor, prepared, { restored, unready, canaryPassed, onEnd });
  const secrets = await promotions.reports();
  const leftOvers = await removeLeftOvers(run, movedGroups(prepared, ends, secrets));
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
      ...warningsOf(groups.flatMap((group) => group.tunnels)),
    ],
  };
}

/** Groups at rest that have gone over to another customer gateway, now or in an earlier run. */
function movedGroups(
  prepared: Prepared,
  ends: readonly GroupEnd[],
  reports: readonly SecretReport[],
): readonly Moved[] {
  const waits = new Set(
    prepared.secrets.flatMap(({ aim }) =>
      aim.promote && !reports.some(({ name, promoted }) => promoted && name === aim.secretName)
        ? [aim.secretName]
        : [],
    ),
  );
  const made = prepared.customerGateways.some(isReplacement);
  return ends.flatMap(({ plan, verdict }) => {
    const atRest = verdict === 'converged' || verdict === 'restored';
    const moved = plan.steps.some(({ changes }) => changes.includes('customerGatewayId'));
    if (!atRest || !mayMove(plan) || (!made && !moved)) return [];
    return [{ plan, settled: plan.secrets.every(({ name }) => !waits.has(name)) }];
  });
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

function heading(run: Run, request: RotateRequest, startedAt: EpochMs) {
  return {
    schema: 'keyturn/report/1',
    runId: run.runId,
    trigger: request.trigger,
    requestReason: request.requestReason,
    apiCalls: request.countedCalls(),
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(run.ports.clock.now()),
  } as const;
}

/** The report of a run that did not begin. */
export function deferred(run: Run, request: RotateRequest, why: Reason): Report {
  run.ports.log.event({ kind: 'run-finished', outcome: 'deferred' });
  return {
    ...heading(run, request, run.ports.clock.now()),
    outcome: 'deferred',
    groups: [],
    secrets: [],
    steps: [],
    warnings: [why],
  };
}

function warningsOf(
  tunnels: readonly {
    readonly vpnConnectionId: string;
    readonly proof: string;
    readonly changed: readonly unknown[];
  }[],
): readonly Reason[] {
  return tunnels
    .filter((tunnel) => tunnel.changed.length > 0)
    .flatMap(({ proof, vpnConnectionId }) => {
      if (proof === 'established') return [reason('unproven', vpnConnectionId)];
      return proof === 'down' ? [reason('was-down', vpnConnectionId)] : [];
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

/** Saves live values that stand in no version, for every secret that is about to overwrite some. */
async function saveAll(run: Run, prepared: Prepared): Promise<ReadonlyMap<string, Reason>> {
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

/** The canary alone, then the rest side by side. Gives every planned group's end, in the plan's order. */
async function applyAll(
  floor: Floor,
  prepared: Prepared,
  known: {
    readonly restored: readonly GroupEnd[];
    /** Secrets that something stands in the way of, and what. */
    readonly unready: ReadonlyMap<string, Reason>;
    readonly canaryPassed: boolean;
    readonly onEnd: (end: GroupEnd) => void;
  },
): Promise<readonly GroupEnd[]> {
  const { restored, unready, canaryPassed, onEnd } = known;
  const ends = new Map<string, GroupEnd>();
  const note = (end: GroupEnd): void => {
    ends.set(end.plan.group.id, end);
    onEnd(end);
  };
  restored.forEach(note);
  const ready: GroupPlan[] = [];
  for (const plan of prepared.plans) {
    if (ends.has(plan.group.id)) continue;
    const why = plan.secrets.flatMap((secret) => unready.get(secret.name) ?? [])[0];
    if (why !== undefined) note(untouched(plan, 'blocked', why));
    else if (plan.verdict !== 'ready') note(untouched(plan, verdictOf(plan), plan.reason));
    else ready.push(plan);
  }
  const queue = runOrder(ready);
  const canary = canaryPassed ? null : await runCanary(floor, queue, note);
  await Promise.all(queue.map(async (plan) => note(await follow(floor, plan, canary))));
  return prepared.plans.flatMap((plan) => ends.get(plan.group.id) ?? []);
}

/**
 * The first group that can be worked on at all, alone: taken off the queue, and its end is the canary's.
 * One that was refused before anything was touched says nothing about the others, so the next is tried.
 */
async function runCanary(
  floor: Floor,
  queue: GroupPlan[],
  note: (end: GroupEnd) => void,
): Promise<GroupEnd | null> {
  for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) {
    const end = closedFor(floor, plan) ?? (await runGroup(floor, plan));
    note(end);
    if (end.verdict !== 'blocked' && end.reason.code !== 'outside-window') return end;
  }
  return null;
}

/** The end of a group whose window has closed since it was planned; null where it may be begun. */
function closedFor(floor: Floor, plan: GroupPlan): GroupEnd | null {
  const closed = isBegun(plan) ? null : closedWindow(floor.run, plan.rules.windows);
  return closed === null ? null : untouched(plan, 'waiting', closed);
}

/** A group of the rest: only after a canary that went well, and only while the run may go on. */
async function follow(floor: Floor, plan: GroupPlan, canary: GroupEnd | null): Promise<GroupEnd> {
  const stop = mustStop(floor.run);
  if (stop !== null) return untouched(plan, 'waiting', reason(stop));
  const well = canary === null || canary.verdict === 'converged' || canary.verdict === 'waiting';
  const spent = floor.budget.spent();
  if (well && spent !== null) return untouched(plan, 'blocked', spent);
  if (well) return closedFor(floor, plan) ?? runGroup(floor, plan);
  return untouched(plan, 'blocked', reason('canary-failed', canary.plan.group.id));
}

function verdictOf(plan: GroupPlan): Verdict {
  return plan.verdict === 'ready' ? 'waiting' : plan.verdict;
}
