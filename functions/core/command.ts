import { KeyturnError } from './codes.ts';
import { parseTask } from './task.ts';
import type { Task } from './task.ts';

export type Action = 'rotate' | 'plan' | 'restore';

/** What a trigger asks for. */
export interface Command {
  readonly action: Action;
  /** Empty: everything that KEYTURN_SECRETS names. */
  readonly secrets: readonly string[];
  /** Given by the caller; null: derived from `identity`. */
  readonly runId: string | null;
  readonly reason: string | null;
  /** Maintenance windows do not count for this run. */
  readonly ignoreWindow: boolean;
  /** For people: `timer nightly`, `event acs.kms`, `direct`. */
  readonly trigger: string;
  /** The same for every delivery of one trigger; null where the trigger has none. */
  readonly identity: string | null;
  /** ISO time at which the trigger fired; null where it does not say. */
  readonly firedAt: string | null;
  /** Not null in invocations that Keyturn starts itself: a shard, or the rest of a run. */
  readonly task: Task | null;
  /** Fired by a timer, at the same second as those of other accounts. */
  readonly scheduled: boolean;
}

type Origin = Pick<Command, 'trigger' | 'identity' | 'firedAt' | 'scheduled'>;

const DIRECT: Origin = { trigger: 'direct', identity: null, firedAt: null, scheduled: false };

type Json = Readonly<Record<string, unknown>>;

const ACTIONS: readonly Action[] = ['rotate', 'plan', 'restore'];
const FIELDS = new Set(['action', 'secrets', 'runId', 'reason', 'ignoreWindow']);
/** Function Compute takes asynchronous events of at most 128 KB. */
const EVENT_LIMIT = 128 * 1024;
const RUN_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const REASON_LIMIT = 500;

/**
 * Reads an invocation's event: a timer's, one or several CloudEvents, a message of a topic, or the command
 * itself. Throws `command-invalid` with the place and the rule, never with what stood there.
 */
export function parseEvent(text: string): Command {
  if (text.length > EVENT_LIMIT) throw invalid('event', 'must be at most 128 KB');
  if (text.trim() === '') return look(DIRECT);
  return readEvent(parseJson(text, 'event'), 'event', 0);
}

function readEvent(value: unknown, place: string, depth: number): Command {
  if (depth > 3) throw invalid(place, 'is wrapped too often');
  if (typeof value === 'string') return readEvent(parseJson(value, place), place, depth + 1);
  if (Array.isArray(value)) {
    return merge(
      value.map((item, index) => readEvent(item, `${place}[${index}]`, depth + 1)),
      place,
    );
  }
  if (!isObject(value)) throw invalid(place, 'must be an object');
  if ('triggerTime' in value && 'triggerName' in value) return readTimer(value, place);
  if ('specversion' in value && 'source' in value) return readCloudEvent(value, place, depth);
  if ('TopicOwner' in value && 'Message' in value)
    return readEvent(value['Message'], `${place}.Message`, depth + 1);
  if ('body' in value && 'attrs' in value)
    return readEvent(value['body'], `${place}.body`, depth + 1);
  return readCommand(value, place, DIRECT);
}

function readTimer(event: Json, place: string): Command {
  const name = text(event['triggerName'], `${place}.triggerName`);
  const firedAt = text(event['triggerTime'], `${place}.triggerTime`);
  const identity = `timer ${name} ${firedAt}`;
  const origin = { trigger: `timer ${name}`, identity, firedAt, scheduled: true };
  const payload = event['payload'] ?? '';
  if (typeof payload !== 'string') throw invalid(`${place}.payload`, 'must be text');
  if (payload.trim() === '') return look(origin);
  return readCommand(parseJson(payload, `${place}.payload`), `${place}.payload`, origin);
}

/** A cloud service's own event only ever means: look again. Anybody else's carries a command. */
function readCloudEvent(event: Json, place: string, depth: number): Command {
  const source = text(event['source'], `${place}.source`);
  const id = text(event['id'], `${place}.id`);
  const firedAt = typeof event['time'] === 'string' ? event['time'] : null;
  const identity = `event ${source} ${id}`;
  const origin = { trigger: `event ${source}`, identity, firedAt, scheduled: false };
  const { data } = event;
  if (source.startsWith('acs.') || data === undefined || data === null) {
    return look(origin);
  }
  const parsed = typeof data === 'string' && depth < 3 ? parseJson(data, `${place}.data`) : data;
  return readCommand(parsed, `${place}.data`, origin);
}

function readCommand(value: unknown, place: string, origin: Origin): Command {
  if (!isObject(value)) throw invalid(place, 'must be an object');
  const task = readTask(value, place);
  const fields = Object.keys(value).filter((field) => field !== 'task');
  const unknown = fields.findIndex((field) => !FIELDS.has(field));
  if (unknown >= 0)
    throw invalid(place, `field ${unknown + 1} is not one of ${[...FIELDS].join(', ')}`);
  const { action: asked = 'rotate' } = value;
  const action = ACTIONS.find((known) => known === asked);
  if (action === undefined)
    throw invalid(`${place}.action`, `must be one of ${ACTIONS.join(', ')}`);
  const secrets = readSecrets(value['secrets'], `${place}.secrets`);
  // An empty list means everything, and nobody wants everything taken back.
  if (action === 'restore' && secrets.length === 0) {
    throw invalid(`${place}.secrets`, 'must name what to restore');
  }
  return {
    action,
    secrets,
    runId: readRunId(value['runId'], `${place}.runId`),
    reason: readReason(value['reason'], `${place}.reason`),
    ignoreWindow: readSwitch(value['ignoreWindow'], `${place}.ignoreWindow`),
    ...origin,
    ...(task === null ? {} : { trigger: task.trigger, firedAt: task.firedAt }),
    task,
  };
}

/** Only Keyturn itself starts tasks, and it does so directly. */
function readTask({ task, runId }: Json, place: string): Task | null {
  if (task === undefined) return null;
  if (place !== 'event' || runId === undefined) {
    throw invalid(`${place}.task`, 'is what Keyturn tells an invocation that it starts itself');
  }
  return parseTask(task, `${place}.task`);
}

function readSecrets(value: unknown, place: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(place, 'must be a list of names');
  return value.map((name, index) => text(name, `${place}[${index}]`));
}

function readRunId(value: unknown, place: string): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && RUN_ID.test(value)) return value;
  throw invalid(place, 'must begin with a letter or _ and have up to 100 of A-Z a-z 0-9 _ -');
}

function readReason(value: unknown, place: string): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && value.length <= REASON_LIMIT) return value;
  throw invalid(place, `must be text of at most ${REASON_LIMIT} characters`);
}

function readSwitch(value: unknown, place: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw invalid(place, 'must be true or false');
}

/** Several events in one delivery are one run over all that they name. */
function merge(commands: readonly Command[], place: string): Command {
  const [first, ...rest] = commands;
  if (first === undefined) throw invalid(place, 'must not be empty');
  if (rest.some((command) => command.action !== first.action)) {
    throw invalid(place, 'must ask for one action only');
  }
  const everything = commands.some((command) => command.secrets.length === 0);
  const identities = commands.map((command) => command.identity);
  return {
    ...first,
    secrets: everything ? [] : [...new Set(commands.flatMap((command) => command.secrets))],
    identity: identities.includes(null) ? null : identities.join('\n'),
    reason: commands.find((command) => command.reason !== null)?.reason ?? null,
    // What one of them asks for does not speak for the others.
    ignoreWindow: commands.every((command) => command.ignoreWindow),
  };
}

function look(origin: Origin): Command {
  return {
    action: 'rotate',
    secrets: [],
    runId: null,
    reason: null,
    ignoreWindow: false,
    task: null,
    ...origin,
  };
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(place, 'must be text and not empty');
}

function parseJson(value: string, place: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // The parser's own message quotes what it read.
    throw invalid(place, 'must be JSON');
  }
}

function invalid(place: string, rule: string): KeyturnError {
  return new KeyturnError('command-invalid', `${place} ${rule}.`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
