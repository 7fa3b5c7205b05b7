import { reason } from '../core/codes.ts';
import { continuationId, continuedReport, leftForTime, mayContinue } from '../core/continuation.ts';
import type { Report } from '../core/report.ts';
import { taskEvent } from '../core/task.ts';
import type { Task } from '../core/task.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { isoTime } from './iso-time.ts';
import { heirName } from './lease.ts';
import { reliably } from './retry.ts';
import { warn } from './warn.ts';

/** An asynchronous event may have 128 KB. The rest is for what stands around the names. */
const NAMES_BYTES_MAX = 120 * 1024;

/**
 * Hands what the run had no time for to a fresh invocation of the same function, under the same run id.
 * The task's id follows from the run and a counter, so that handing on twice starts it once. The lease is
 * kept for it first: nobody comes in between. Where it cannot be done the report stays as it is and says why.
 */
export async function handOn(
  run: Run,
  request: {
    readonly action: 'rotate' | 'restore';
    readonly secrets: readonly string[];
    readonly trigger: string;
    readonly requestReason: string | null;
    readonly task: Task | null;
    readonly successor: string | null;
  },
  report: Report,
): Promise<{ readonly report: Report; readonly handedOn: boolean }> {
  const shard = request.task?.shard ?? null;
  const done = request.task?.continuation ?? 0;
  const possible = run.ports.invoker !== null && request.successor !== null;
  if (!possible || !mayContinue(report, done)) return { report, handedOn: false };
  const continuation = done + 1;
  const taskId = continuationId(shard?.taskId ?? run.runId, continuation);
  const left = leftForTime(report);
  const named = JSON.stringify(left).length <= NAMES_BYTES_MAX;
  const refused = await startSuccessor(run, {
    functionName: request.successor,
    taskId,
    heir: heirName(run.runId, continuation),
    action: request.action,
    secrets: named ? left : request.secrets,
    reason: request.requestReason,
    task: {
      continuation,
      trigger: request.trigger,
      firedAt: isoTime(run.ports.clock.now()),
      shard,
    },
  });
  if (refused !== null) return notContinued(run, report, refused);
  return { report: continuedReport(report, taskId), handedOn: true };
}

/** Keeps the lease for a fresh invocation and starts it; why that could not be done, or null. */
export async function startSuccessor(
  run: Run,
  successor: {
    readonly functionName: string;
    readonly taskId: string;
    /** The name under which it comes. */
    readonly heir: string;
    readonly action: 'rotate' | 'restore';
    readonly secrets: readonly string[];
    readonly reason: string | null;
    readonly task: Task;
  },
): Promise<string | null> {
  const { invoker } = run.ports;
  const { functionName, taskId, heir, action, secrets, reason, task } = successor;
  if (invoker === null) return 'there is no Function Compute';
  const { ignoreWindow } = run.options;
  const event = taskEvent({ action, secrets, runId: run.runId, reason, ignoreWindow }, task);
  if (run.lease !== null && !(await run.lease.passTo(heir))) {
    return 'the lease could not be kept for it';
  }
  const started = await reliably(run, () => invoker.start({ functionName, taskId, event }));
  if (started.kind !== 'ok') return reasonOf(started, taskId).detail;
  run.ports.log.event({ kind: 'handed-on', taskId, secrets: secrets.length });
  return null;
}

function notContinued(run: Run, report: Report, detail: string) {
  const code = 'not-continued';
  warn(run, code, detail);
  const warnings = [...report.warnings, reason(code, detail)];
  return { report: { ...report, warnings }, handedOn: false };
}
