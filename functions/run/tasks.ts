import { KeyturnError, reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { followedBy } from '../core/combine-reports.ts';
import type { ShardReport } from '../core/combine-reports.ts';
import { continuationId } from '../core/continuation.ts';
import type { Report } from '../core/report.ts';
import type { DurationMs } from '../core/units.ts';
import { durationMs, minutes, seconds } from '../core/units.ts';
import { mustEnd, mustStop } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { reliably } from './retry.ts';

/** How a task ended, as far as one can tell. */
export type TaskEnd =
  | { readonly kind: 'report'; readonly report: ShardReport }
  /** It found that it may not work, and did nothing. */
  | { readonly kind: 'deferred'; readonly reason: Reason }
  /** It ended well, and the service does not say with what. */
  | { readonly kind: 'unread'; readonly reason: Reason }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'not-started'; readonly reason: Reason }
  /** The time of whoever waited was over first. */
  | { readonly kind: 'open' };

/** The first and the longest pause between two looks at the tasks of a run. */
const LOOK_MIN = seconds(1);
const LOOK_MAX = seconds(5);
/** How long a task that was accepted may be missing from the list: nothing says how fresh that is. */
const MISSING_MAX = minutes(10);

/**
 * Starts tasks, waits for all of them and for what they hand on, and gives how each ended, by its id.
 * Starting a task that is there already joins it. One request a look for up to 100 tasks. Throws a
 * KeyturnError where it may not look: it would wait for nothing.
 */
export async function runTasks(
  run: Run,
  job: {
    readonly functionName: string;
    /** The tasks' common beginning; no other task of the function begins so. */
    readonly prefix: string;
    readonly events: ReadonlyMap<string, string>;
    /** How long nothing else is started after this task. */
    restAfter(taskId: string): DurationMs;
    started(taskId: string): void;
  },
): Promise<ReadonlyMap<string, TaskEnd>> {
  const { functionName } = job;
  const ends = new Map<string, TaskEnd>();
  const waiting = new Map<string, Awaited>();
  let rest = durationMs(0);
  for (const [taskId, event] of job.events) {
    await run.ports.clock.sleep(rest, run.options.stop ?? undefined);
    rest = job.restAfter(taskId);
    const refused =
      mustStop(run) === null ? await start(run, { functionName, taskId, event }) : null;
    if (refused === null) {
      waiting.set(taskId, { id: taskId, turn: 0, before: null, since: run.ports.clock.now() });
      job.started(taskId);
    } else ends.set(taskId, { kind: 'not-started', reason: refused });
  }
  for (
    let pause = LOOK_MIN;
    waiting.size > 0;
    pause = durationMs(Math.min(LOOK_MAX, pause * 1.5))
  ) {
    await run.ports.clock.sleep(pause, run.options.stop ?? undefined);
    if (mustEnd(run) || mustStop(run) !== null) break;
    if (await look(run, job, waiting, ends)) pause = LOOK_MIN;
  }
  for (const taskId of waiting.keys()) ends.set(taskId, { kind: 'open' });
  return ends;
}

/** A task that is waited for, under the id that it goes by after having been handed on. */
interface Awaited {
  readonly id: string;
  readonly turn: number;
  readonly before: ShardReport | null;
  readonly since: number;
}

async function start(
  run: Run,
  task: { readonly functionName: string; readonly taskId: string; readonly event: string },
): Promise<Reason | null> {
  const { invoker } = run.ports;
  if (invoker === null) return reason('shard-not-started', task.taskId);
  const started = await reliably(run, () => invoker.start(task));
  if (started.kind === 'ok') return null;
  return reason('shard-not-started', reasonOf(started, task.taskId).detail);
}

/** One look at all tasks; true when one of them has ended. */
async function look(
  run: Run,
  job: { readonly functionName: string; readonly prefix: string },
  waiting: Map<string, Awaited>,
  ends: Map<string, TaskEnd>,
): Promise<boolean> {
  const { invoker, clock } = run.ports;
  if (invoker === null) return false;
  const { functionName, prefix } = job;
  const listed = await reliably(run, () => invoker.list({ functionName, prefix }));
  if (listed.kind === 'denied') {
    const { code, detail } = reasonOf(listed, functionName);
    throw new KeyturnError(code, detail);
  }
  if (listed.kind !== 'ok') return false;
  let progress = false;
  for (const [taskId, awaited] of waiting) {
    const status = listed.value.get(awaited.id);
    const lost = status === undefined && clock.now() - awaited.since > MISSING_MAX;
    if (!lost && (status === undefined || status === 'open')) continue;
    progress = true;
    const end: TaskEnd =
      status === 'succeeded'
        ? await resultOf(run, functionName, awaited.id)
        : { kind: 'failed', reason: reason('shard-failed', awaited.id) };
    settle(taskId, awaited, end, { waiting, ends, now: clock.now() });
  }
  return progress;
}

/** Done, or handed on: then the wait goes on for the task that it was handed to. */
function settle(
  taskId: string,
  awaited: Awaited,
  end: TaskEnd,
  book: {
    readonly waiting: Map<string, Awaited>;
    readonly ends: Map<string, TaskEnd>;
    readonly now: number;
  },
): void {
  if (end.kind !== 'report') {
    book.waiting.delete(taskId);
    book.ends.set(taskId, end);
    return;
  }
  const report = awaited.before === null ? end.report : followedBy(awaited.before, end.report);
  if (!goesOn(end.report)) {
    book.waiting.delete(taskId);
    book.ends.set(taskId, { kind: 'report', report });
    return;
  }
  const turn = awaited.turn + 1;
  const id = continuationId(taskId, turn);
  book.waiting.set(taskId, { id, turn, before: report, since: book.now });
}

function goesOn({ groups, secrets }: ShardReport): boolean {
  const continued = (why: Reason | null): boolean => why?.code === 'continued';
  return (
    groups.some((group) => continued(group.reason)) || secrets.some((one) => continued(one.reason))
  );
}

async function resultOf(run: Run, functionName: string, taskId: string): Promise<TaskEnd> {
  const { invoker } = run.ports;
  const unread = { kind: 'unread', reason: reason('shard-unread', taskId) } as const;
  if (invoker === null) return unread;
  const read = await reliably(run, () => invoker.result({ functionName, taskId }));
  if (read.kind !== 'ok') {
    return { kind: 'unread', reason: reason('shard-unread', reasonOf(read, taskId).detail) };
  }
  if (read.value === null) return unread;
  const report = parseReport(read.value);
  if (report === null) return unread;
  const [why] = report.warnings;
  if (report.outcome === 'deferred' && why !== undefined) return { kind: 'deferred', reason: why };
  return { kind: 'report', report };
}

/** A report as a shard gives it back. The payload may be missing or cut off: its size is limited. */
function parseReport(text: string): Report | null {
  try {
    const report = JSON.parse(text) as Partial<Report> | null;
    return report?.schema === 'keyturn/report/1' ? (report as Report) : null;
  } catch {
    return null;
  }
}
