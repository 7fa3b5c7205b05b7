/** Asynchronous invocations and their states. Source: API pages of GetAsyncTask and ListAsyncTasks. */
import type { VendorError } from '../operation.ts';
import type { Switches } from '../switches.ts';
import { invalidArgument, taskExists, taskNotFound } from './answers.ts';

export type TaskStatus =
  | 'Enqueued'
  | 'Running'
  | 'Retrying'
  | 'Succeeded'
  | 'Failed'
  | 'Stopping'
  | 'Stopped'
  | 'Expired';

export interface AsyncTask {
  readonly taskId: string;
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier: string;
  readonly event: Buffer;
  readonly enqueuedAt: number;
  status: TaskStatus;
  startedAt: number | null;
  endedAt: number | null;
  /** How often the function was started, over all deliveries. */
  attempts: number;
  error: string | null;
  result: string;
  readonly history: { readonly status: TaskStatus; readonly at: number }[];
}

export const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;
const LIST_LIMIT = { min: 1, max: 100, fallback: 20 };

/** A task can be asked about for seven days; for how long its id stays taken is not documented. */
const RETENTION_MS = { week: 7 * 24 * 3_600_000, hour: 3_600_000 } as const;

export class AsyncTasks {
  readonly #tasks = new Map<string, AsyncTask>();

  add(
    fields: {
      taskId: string;
      requestId: string;
      functionName: string;
      qualifier: string;
      event: Buffer;
      now: number;
    },
    { taskIdRetention, takenTaskId }: Pick<Switches, 'taskIdRetention' | 'takenTaskId'>,
  ): AsyncTask {
    const { now, ...rest } = fields;
    const key = keyOf(rest.functionName, rest.taskId);
    const known = this.#tasks.get(key);
    const takenUntil = (known?.endedAt ?? now) + RETENTION_MS[taskIdRetention];
    if (known !== undefined && takenUntil > now) throw taskExists(rest.taskId, takenTaskId);
    const task: AsyncTask = {
      ...rest,
      enqueuedAt: now,
      status: 'Enqueued',
      startedAt: null,
      endedAt: null,
      attempts: 0,
      error: null,
      result: '',
      history: [{ status: 'Enqueued', at: now }],
    };
    this.#tasks.set(key, task);
    return task;
  }

  get(functionName: string, taskId: string): AsyncTask {
    const task = this.#tasks.get(keyOf(functionName, taskId));
    if (task === undefined) throw taskNotFound(taskId);
    return task;
  }

  all(): readonly AsyncTask[] {
    return [...this.#tasks.values()];
  }

  /** One page, by the parameters of ListAsyncTasks; `nextToken` is where the next one begins. */
  list(
    functionName: string,
    query: Readonly<Record<string, string>>,
  ): { tasks: readonly AsyncTask[]; nextToken: string } {
    const limit = number(query, 'limit', LIST_LIMIT);
    const begin = number(query, 'startedTimeBegin', { min: 0, max: Infinity, fallback: 0 });
    const end = number(query, 'startedTimeEnd', { min: 0, max: Infinity, fallback: Infinity });
    const start = number(query, 'nextToken', { min: 0, max: Infinity, fallback: 0 });
    const found = this.all()
      .filter((task) => task.functionName === functionName)
      .filter((task) => task.taskId.startsWith(query['prefix'] ?? ''))
      .filter((task) => (query['status'] ?? task.status) === task.status)
      .filter(({ startedAt }) => (startedAt ?? begin) >= begin && (startedAt ?? 0) <= end);
    if (query['sortOrderByTime'] === 'desc') found.reverse();
    const next = start + limit;
    return {
      tasks: found.slice(start, next),
      nextToken: next < found.length ? String(next) : '',
    };
  }
}

export function moveTo(task: AsyncTask, status: TaskStatus, now: number): void {
  task.status = status;
  task.history.push({ status, at: now });
}

export function renderTask(
  task: AsyncTask,
  options: { functionArn: string; withPayload: boolean; withReturn: boolean },
): Record<string, unknown> {
  return {
    taskId: task.taskId,
    requestId: task.requestId,
    functionArn: options.functionArn,
    qualifier: task.qualifier,
    status: task.status,
    alreadyRetriedTimes: Math.max(0, task.attempts - 1),
    ...(task.startedAt === null ? {} : { startedTime: task.startedAt }),
    ...(task.endedAt === null ? {} : { endTime: task.endedAt }),
    ...(task.startedAt === null || task.endedAt === null
      ? {}
      : { durationMs: task.endedAt - task.startedAt }),
    ...(task.error === null ? {} : { taskErrorMessage: task.error }),
    ...(options.withPayload ? { taskPayload: task.event.toString() } : {}),
    ...(options.withReturn ? { returnPayload: task.result } : {}),
    events: task.history.map(({ status, at }, index) => ({
      eventId: index + 1,
      eventDetail: '',
      status,
      timestamp: at,
    })),
  };
}

const keyOf = (functionName: string, taskId: string): string => `${functionName}/${taskId}`;

function number(
  query: Readonly<Record<string, string>>,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = query[name];
  if (text === undefined || text === '') return range.fallback;
  const value = Number(text);
  const refuse = (): VendorError => invalidArgument(`${name} is not valid`);
  if (!/^\d{1,15}$/.test(text) || value < range.min || value > range.max) throw refuse();
  return value;
}
