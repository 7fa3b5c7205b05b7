import { KeyturnError, reason } from '../core/codes.ts';
import type { CodeName, Reason } from '../core/codes.ts';
import { EMPTY_SHARD, combineReports } from '../core/combine-reports.ts';
import type { ShardReport } from '../core/combine-reports.ts';
import { CONTINUATIONS_MAX, continuationId, continuedReport } from '../core/continuation.ts';
import type { Report, SecretReport } from '../core/report.ts';
import { needsAttention, outcomeOf } from '../core/report.ts';
import { CUT_LIMITS, cutFleet, rateShares, readingMs } from '../core/shards.ts';
import type { FleetCut, ShardCut } from '../core/shards.ts';
import { taskEvent } from '../core/task.ts';
import type { Shard, Task } from '../core/task.ts';
import type { EpochMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { secretNames } from './gather.ts';
import { paced } from './governor.ts';
import { startSuccessor } from './hand-on.ts';
import { isoTime } from './iso-time.ts';
import { takeLease } from './lease.ts';
import { lookAt } from './look-at.ts';
import { lowVersions } from './low-versions.ts';
import type { RotateRequest } from './rotate.ts';
import { deferred, heading } from './run-report.ts';
import { survey } from './survey.ts';
import { runTasks } from './tasks.ts';
import type { TaskEnd } from './tasks.ts';

export interface DispatchRequest extends RotateRequest {
  /** The function that works off shards: `name`, or `service/name` of Function Compute 2.0. */
  readonly worker: string;
  readonly shardsMax: number;
}

/** One dispatch at work: what it cut, and under which name its shards write. */
interface Dispatch {
  readonly run: Run;
  readonly request: DispatchRequest;
  readonly cut: FleetCut;
  /** Documents with a next version: shards do not list their versions. */
  readonly unlisted: readonly string[];
  readonly firedAt: string;
  readonly leaseHolder: string | null;
  /** An earlier invocation of this run has had the lease under the same name: its shards may be at work. */
  readonly shared: boolean;
}

/** What the canaries said, and which of them ran. */
interface Canaries {
  /** `unclear`: none of them had anything to change. */
  readonly kind: 'well' | 'unclear' | 'open' | { readonly failed: string };
  readonly parts: readonly ShardReport[];
  readonly names: ReadonlySet<string>;
}

/**
 * Works off a large fleet: cuts it into shards, has the canary shard go ahead alone, hands the others to
 * Function Compute's task queue, waits for all and gives one report. The lease is held here, under a name that
 * follows from the run and the cut: a second delivery of the run shares it and joins the tasks that are
 * there, and one that cuts differently waits until the shards of the first cut have lost theirs.
 */
export async function dispatch(unpaced: Run, request: DispatchRequest): Promise<Report> {
  const { run } = paced(unpaced);
  const startedAt = run.ports.clock.now();
  const names = await secretNames(run, request.secrets);
  run.ports.log.event({ kind: 'run-started', runId: run.runId, secrets: names });
  const seen = await survey(run, names);
  if (seen.fault !== null) throw new KeyturnError(seen.fault.code, seen.fault.detail);
  const limits = { ...CUT_LIMITS, shardsMax: request.shardsMax };
  const cut = cutFleet(seen.documents, seen.connections, limits);
  run.ports.log.event({
    kind: 'cut',
    shards: cut.shards.length,
    documents: seen.documents.length,
    tunnels: seen.connections.reduce((sum, { tunnels }) => sum + tunnels, 0),
  });
  const ignored = secretsOf([...seen.unreadable.keys()], (name) => seen.unreadable.get(name));
  const unlisted = seen.documents.flatMap(({ name, hasNext }) => (hasNext ? name : []));
  const firedAt = isoTime(startedAt);
  const work = { run, request, cut, unlisted, firedAt, leaseHolder: null, shared: false };
  if (request.leaseSecret === null) {
    const noLease = { ...EMPTY_SHARD, warnings: [reason('no-lease')] };
    return (await conclude(work, startedAt, [ignored, noLease])).report;
  }
  const holder = `${run.runId} ${digestOf(run, cut)}`;
  const taking = await takeLease(run, request.leaseSecret, { holder, heirOf: null });
  if (taking.kind === 'deferred') return deferred(run, request, taking.reason);
  if (taking.kind === 'failed') throw new KeyturnError(taking.reason.code, taking.reason.detail);
  const { lease, shared } = taking;
  let over = false;
  try {
    const leased = { ...work, run: { ...run, lease }, leaseHolder: holder, shared };
    const end = await conclude(leased, startedAt, [ignored]);
    over = !end.handedOn && !end.open;
    return end.report;
  } finally {
    // While a shard may be at work nobody else may come; it stops where the last slot ends.
    await (over ? lease.release() : lease.lapse());
  }
}

/** The shards, and the report over them; handed on where the time of this invocation is over first. */
async function conclude(
  work: Dispatch,
  startedAt: EpochMs,
  parts: readonly ShardReport[],
): Promise<{ readonly report: Report; readonly handedOn: boolean; readonly open: boolean }> {
  const { run, request } = work;
  const canaries = await runCanaries(work);
  const others = await runShards(work, canaries);
  const own = { ...EMPTY_SHARD, apiCalls: request.countedCalls() };
  const report = combineReports(heading(run, request, startedAt), [
    own,
    ...parts,
    ...canaries.parts,
    ...others,
  ]);
  const open = report.secrets.some(({ reason }) => reason !== null && MAY_RUN.has(reason.code));
  const end = await handDispatchOn(work, report);
  run.ports.log.event({ kind: 'run-finished', outcome: end.report.outcome });
  return { ...end, open };
}

/** Of a shard that ended so, or did not, an invocation may still be at work. */
const MAY_RUN: ReadonlySet<CodeName> = new Set(['out-of-time', 'shard-not-started']);

/**
 * Tries one component after the other, alone, until one was changed and converged. A delivery that shares
 * the lease starts no canary of its own: the shards of the first delivery may be at work beside it.
 */
async function runCanaries(work: Dispatch): Promise<Canaries> {
  const { run, cut } = work;
  const parts: ShardReport[] = [];
  const names = new Set<string>();
  const candidates = work.shared ? await startedCanaries(work) : cut.canaries;
  for (const [index, canary] of candidates.entries()) {
    const shard = shardOf(work, { kind: 'k', index, cut: canary, among: [], canaryPassed: false });
    const [end] = [...(await runAll(work, [{ shard, cut: canary }])).values()];
    if (end === undefined || end.kind === 'open') return { kind: 'open', parts, names };
    const part = await partOf(run, canary, end);
    parts.push(part);
    for (const name of canary.names) names.add(name);
    const wrote = part.steps.some(({ requests }) => requests > 0);
    const outcome = outcomeOf({ ...part, wrote });
    if (needsAttention({ outcome }) && (wrote || end.kind !== 'report')) {
      return { kind: { failed: shard.taskId }, parts, names };
    }
    if (wrote && !needsAttention({ outcome })) return { kind: 'well', parts, names };
  }
  return { kind: 'unclear', parts, names };
}

/** Those candidates that an earlier delivery of this run has started, in its order. */
async function startedCanaries({ run, request, cut }: Dispatch): Promise<readonly ShardCut[]> {
  const query = { functionName: request.worker, prefix: `${run.runId}_k` };
  const listed = (await run.ports.invoker?.list(query)) ?? null;
  const ids = listed?.kind === 'ok' ? [...listed.value.keys()] : [];
  return cut.canaries.filter((canary) => ids.some((id) => id.includes(hashOf(run, canary))));
}

async function runShards(work: Dispatch, canaries: Canaries): Promise<readonly ShardReport[]> {
  const left = work.cut.shards.map((cut) => without(cut, canaries.names));
  const { kind } = canaries;
  if (kind === 'open') return left.map((cut) => secretsOf(cut.names, () => reason('out-of-time')));
  if (typeof kind === 'object') {
    return left.map(({ names }) => secretsOf(names, () => reason('canary-failed', kind.failed)));
  }
  const canaryPassed = kind === 'well';
  const jobs = work.cut.shards.flatMap((cut, index) => {
    const mine = without(cut, canaries.names);
    if (mine.names.length === 0) return [];
    const among = work.cut.shards;
    return [{ shard: shardOf(work, { kind: 's', index, cut, among, canaryPassed }), cut: mine }];
  });
  const over = new AbortController();
  const low = lowVersions(work.run, work.unlisted, over.signal);
  const ends = new Map(await runAll(work, jobs));
  // The dispatcher before this one was dead for too long: its shards stopped at a safe point.
  const stopped = jobs.filter(({ shard }) => lostLease(ends.get(shard.taskId)));
  const again = stopped.map((job) => {
    const taskId = `${job.shard.taskId}_r`;
    return { ...job, shard: { ...job.shard, taskId } };
  });
  const later = await runAll(work, again);
  over.abort();
  const parts: ShardReport[] = [{ ...EMPTY_SHARD, warnings: await low }];
  for (const { shard, cut } of jobs) {
    const { taskId } = shard;
    const end = later.get(`${taskId}_r`) ?? ends.get(taskId) ?? { kind: 'open' };
    parts.push(await partOf(work.run, cut, end));
  }
  return parts;
}

function lostLease(end: TaskEnd | undefined): boolean {
  if (end?.kind === 'deferred') return true;
  return (
    end?.kind === 'report' && end.report.groups.some(({ reason }) => reason.code === 'lease-lost')
  );
}

/** A canary has been worked off: its documents need not be read again. */
function without(cut: ShardCut, names: ReadonlySet<string>): ShardCut {
  return { ...cut, names: cut.names.filter((name) => !names.has(name)) };
}

/** The task's id follows from the whole shard, so that it is the same for every delivery of the run. */
function shardOf(
  { run, leaseHolder }: Dispatch,
  part: {
    readonly kind: 'k' | 's';
    readonly index: number;
    readonly cut: ShardCut;
    readonly among: readonly ShardCut[];
    readonly canaryPassed: boolean;
  },
): Shard {
  const { kind, index, cut, among, canaryPassed } = part;
  return {
    taskId: `${run.runId}_${kind}${index}_${hashOf(run, cut)}`,
    leaseHolder,
    rateShare: rateShares(cut, among),
    canaryPassed,
  };
}

function hashOf(run: Run, { names }: ShardCut): string {
  return run.ports.random.sha256Hex(JSON.stringify(names)).slice(0, 12);
}

function digestOf(run: Run, { shards }: FleetCut): string {
  return run.ports.random.sha256Hex(JSON.stringify(shards.map(({ names }) => names))).slice(0, 20);
}

function runAll(
  { run, request, firedAt }: Dispatch,
  jobs: readonly { readonly shard: Shard; readonly cut: ShardCut }[],
): Promise<ReadonlyMap<string, TaskEnd>> {
  const { trigger, requestReason, worker } = request;
  const command = {
    action: 'rotate' as const,
    runId: run.runId,
    reason: requestReason,
    ignoreWindow: run.options.ignoreWindow,
  };
  const task: Omit<Task, 'shard'> = { continuation: 0, trigger, firedAt };
  const eventOf = (shard: Shard, secrets: readonly string[]): string =>
    taskEvent({ ...command, secrets }, { ...task, shard });
  const names = new Map(jobs.map(({ shard, cut }) => [shard.taskId, cut.names]));
  const namesOf = (taskId: string): readonly string[] => names.get(taskId) ?? [];
  return runTasks(run, {
    functionName: worker,
    prefix: `${run.runId}_`,
    events: new Map(jobs.map(({ shard, cut }) => [shard.taskId, eventOf(shard, cut.names)])),
    restAfter: (taskId) => readingMs(namesOf(taskId)),
    started: (taskId) => {
      run.ports.log.event({ kind: 'shard-started', taskId, secrets: namesOf(taskId).length });
    },
  });
}

/** What a shard adds to the report: its own words, or what is to be seen of its groups. */
async function partOf(run: Run, { names }: ShardCut, end: TaskEnd): Promise<ShardReport> {
  switch (end.kind) {
    case 'report':
      return end.report;
    case 'unread':
      return { ...(await lookAt(run, names, end.reason)), warnings: [end.reason] };
    case 'failed':
      return lookAt(run, names, end.reason);
    case 'deferred':
    case 'not-started':
      return secretsOf(names, () => end.reason);
    case 'open':
      return secretsOf(names, () => reason('out-of-time'));
  }
}

function secretsOf(
  names: readonly string[],
  why: (name: string) => Reason | undefined,
): ShardReport {
  const nothing = { fromVersionId: null, toVersionId: null, promoted: false };
  const secrets = names.map((name): SecretReport => ({
    name,
    ...nothing,
    reason: why(name) ?? null,
  }));
  return { ...EMPTY_SHARD, secrets };
}

/** The next invocation cuts the same and joins the same tasks; it comes under the same name. */
async function handDispatchOn(
  { run, request, leaseHolder }: Dispatch,
  report: Report,
): Promise<{ readonly report: Report; readonly handedOn: boolean }> {
  const open = report.secrets.some((secret) => secret.reason?.code === 'out-of-time');
  const continuation = (request.task?.continuation ?? 0) + 1;
  const stopped = run.options.stop?.aborted ?? false;
  if (!open || stopped || request.successor === null || continuation > CONTINUATIONS_MAX) {
    return { report, handedOn: false };
  }
  const taskId = continuationId(run.runId, continuation);
  const refused = await startSuccessor(run, {
    functionName: request.successor,
    taskId,
    heir: leaseHolder ?? '',
    action: 'rotate',
    secrets: request.secrets,
    reason: request.requestReason,
    task: {
      continuation,
      trigger: request.trigger,
      firedAt: isoTime(run.ports.clock.now()),
      shard: null,
    },
  });
  if (refused === null) return { report: continuedReport(report, taskId), handedOn: true };
  const warnings = [...report.warnings, reason('not-continued', refused)];
  return { report: { ...report, warnings }, handedOn: false };
}
