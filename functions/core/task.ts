import { KeyturnError } from './codes.ts';

/** A task as far as whoever waits for it needs to know. */
export type TaskStatus = 'open' | 'succeeded' | 'failed';

/** A part of a large run, worked off by an invocation of its own under the dispatcher's lease. */
export interface Shard {
  /** Tells the shards of one run apart. */
  readonly taskId: string;
  /** What the lease's slots must say while the shard writes; null where no lease is configured. */
  readonly leaseHolder: string | null;
  /** Which part of a region's request quotas is its own: above 0, at most 1. */
  readonly rateShare: ReadonlyMap<string, number>;
  /** The first shard of the run went well: no group of this one has to go ahead alone. */
  readonly canaryPassed: boolean;
}

/** What Keyturn tells an invocation that it starts itself, beside the command. */
export interface Task {
  /** How often the work was handed on before; 0 for the first invocation of a shard. */
  readonly continuation: number;
  /** What started the run, for its reports. */
  readonly trigger: string;
  /** When it fired, ISO 8601: what has waited for too long in the queue is not acted on. */
  readonly firedAt: string;
  readonly shard: Shard | null;
}

type Json = Readonly<Record<string, unknown>>;

const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;
const FIELDS: ReadonlySet<string> = new Set(['continuation', 'trigger', 'firedAt', 'shard']);
const SHARD_FIELDS: ReadonlySet<string> = new Set([
  'taskId',
  'leaseHolder',
  'rateShare',
  'canaryPassed',
]);
const TEXT_LIMIT = 500;

/** The event that starts a task: a command with its `task`. */
export function taskEvent(
  command: {
    readonly action: 'rotate' | 'restore';
    readonly secrets: readonly string[];
    readonly runId: string;
    readonly reason: string | null;
    readonly ignoreWindow: boolean;
  },
  task: Task,
): string {
  const { shard } = task;
  return JSON.stringify({
    action: command.action,
    secrets: command.secrets,
    runId: command.runId,
    ...(command.reason === null ? {} : { reason: command.reason }),
    ...(command.ignoreWindow ? { ignoreWindow: true } : {}),
    task: {
      ...task,
      shard: shard === null ? null : { ...shard, rateShare: Object.fromEntries(shard.rateShare) },
    },
  });
}

/** Reads a command's `task`. Throws `command-invalid` with the place and the rule. */
export function parseTask(value: unknown, place: string): Task {
  const task = object(value, FIELDS, place);
  const { continuation, shard } = task;
  if (typeof continuation !== 'number' || !Number.isSafeInteger(continuation) || continuation < 0) {
    throw invalid(`${place}.continuation`, 'must be a whole number from 0 on');
  }
  return {
    continuation,
    trigger: text(task['trigger'], `${place}.trigger`),
    firedAt: text(task['firedAt'], `${place}.firedAt`),
    shard: shard === null || shard === undefined ? null : parseShard(shard, `${place}.shard`),
  };
}

function parseShard(value: unknown, place: string): Shard {
  const shard = object(value, SHARD_FIELDS, place);
  const taskId = text(shard['taskId'], `${place}.taskId`);
  if (!TASK_ID.test(taskId)) throw invalid(`${place}.taskId`, 'is not the id of a task');
  const { leaseHolder, canaryPassed } = shard;
  if (typeof canaryPassed !== 'boolean')
    throw invalid(`${place}.canaryPassed`, 'must be a boolean');
  return {
    taskId,
    leaseHolder: leaseHolder === null ? null : text(leaseHolder, `${place}.leaseHolder`),
    rateShare: parseShares(shard['rateShare'], `${place}.rateShare`),
    canaryPassed,
  };
}

function parseShares(value: unknown, place: string): ReadonlyMap<string, number> {
  if (!isObject(value)) throw invalid(place, 'must be an object');
  const shares = new Map<string, number>();
  for (const [regionId, share] of Object.entries(value)) {
    if (typeof share !== 'number' || !(share > 0 && share <= 1)) {
      throw invalid(place, 'must be numbers above 0 and at most 1, by region');
    }
    shares.set(regionId, share);
  }
  return shares;
}

function object(value: unknown, fields: ReadonlySet<string>, place: string): Json {
  if (!isObject(value)) throw invalid(place, 'must be an object');
  if (Object.keys(value).some((field) => !fields.has(field))) {
    throw invalid(place, `may have ${[...fields].join(', ')} only`);
  }
  return value;
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= TEXT_LIMIT) return value;
  throw invalid(place, `must be text of 1 to ${TEXT_LIMIT} characters`);
}

function invalid(place: string, rule: string): KeyturnError {
  return new KeyturnError('command-invalid', `${place} ${rule}.`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
