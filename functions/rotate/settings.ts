import { KeyturnError } from '../core/codes.ts';
import { durationMs, minutes, seconds } from '../core/units.ts';
import type { DurationMs } from '../core/units.ts';
import { brokenWindowRule, parseWindow } from '../core/window.ts';
import type { Window } from '../core/window.ts';
import { parseEndpoint } from '../alicloud/index.ts';
import type { Endpoint } from '../alicloud/index.ts';

/** Everything that the environment decides. */
export interface Settings {
  readonly secrets: readonly string[];
  /** Region of KMS; null: the one the function runs in. */
  readonly region: string | null;
  readonly leaseSecret: string | null;
  readonly vpcEndpoint: Endpoint | null;
  readonly kmsEndpoint: Endpoint | null;
  /** Of Function Compute; null: the account's own. */
  readonly fcEndpoint: Endpoint | null;
  /** The function that rotates: `name`, or `service/name` of Function Compute 2.0. Null: not said. */
  readonly fcFunction: string | null;
  /** Shards that a dispatcher has at work at the same time. */
  readonly shardsMax: number;
  readonly tunnelOptionsInBody: boolean;
  /** How old a tunnel's status may be when it is read. */
  readonly statusLagMs: DurationMs;
  readonly requestTimeoutMs: DurationMs;
  /** So many groups of a run may fail before no further one is begun. */
  readonly failureBudget: number;
  /** A trigger older than this is not acted on. */
  readonly maxTriggerAgeMs: DurationMs;
  /** Groups are begun only while it is open; null: at any time. */
  readonly window: Window | null;
  /** A timer's run begins so much later at the most, for each account and function at its own moment. */
  readonly jitterMs: DurationMs;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads KEYTURN_*. Throws a KeyturnError that names the variable and the rule, never the value. */
export function readSettings(env: Environment): Settings {
  return {
    secrets: readSecrets(env, 'KEYTURN_SECRETS'),
    region: readRegion(env, 'KEYTURN_REGION'),
    leaseSecret: readName(env, 'KEYTURN_LEASE_SECRET', /^[A-Za-z0-9_/+=.@-]{1,192}$/),
    vpcEndpoint: readEndpoint(env, 'KEYTURN_VPC_ENDPOINT'),
    kmsEndpoint: readEndpoint(env, 'KEYTURN_KMS_ENDPOINT'),
    fcEndpoint: readEndpoint(env, 'KEYTURN_FC_ENDPOINT'),
    shardsMax: readCount(env, 'KEYTURN_SHARDS_MAX', 100),
    fcFunction: readName(env, 'KEYTURN_FC_FUNCTION', /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)?$/),
    tunnelOptionsInBody: readSwitch(env, 'KEYTURN_TUNNEL_OPTIONS_IN_BODY'),
    statusLagMs: readDuration(env, 'KEYTURN_STATUS_LAG_MS', seconds(15)),
    requestTimeoutMs: readDuration(env, 'KEYTURN_REQUEST_TIMEOUT_MS', seconds(10)),
    maxTriggerAgeMs: readDuration(env, 'KEYTURN_MAX_TRIGGER_AGE_MS', minutes(6 * 60)),
    failureBudget: readCount(env, 'KEYTURN_FAILURE_BUDGET', 3),
    window: readWindow(env, 'KEYTURN_WINDOW'),
    jitterMs: readJitter(env, 'KEYTURN_JITTER_SECONDS'),
  };
}

/** Names separated by commas, or one prefix that ends in `*`. Empty text gives no names. */
export function readSecrets(values: Environment, name: string): readonly string[] {
  const names = (values[name] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const prefixes = names.filter((name) => name.includes('*'));
  const wellPlaced = prefixes.every((name) => name.indexOf('*') === name.length - 1);
  if (!wellPlaced || (prefixes.length > 0 && names.length > 1)) {
    throw new KeyturnError(
      'setting-invalid',
      `${name} must be names separated by commas, or one prefix that ends in *.`,
    );
  }
  return names;
}

/** A region's id, or null where there is none. */
export function readRegion(values: Environment, name: string): string | null {
  return readName(values, name, /^[a-z0-9-]+$/);
}

function readName(env: Environment, name: string, shape: RegExp): string | null {
  const value = env[name];
  if (value === undefined || value === '') return null;
  if (shape.test(value)) return value;
  throw new KeyturnError('setting-invalid', `${name} has characters that are not allowed.`);
}

function readEndpoint(env: Environment, name: string): Endpoint | null {
  const value = env[name];
  if (value === undefined || value === '') return null;
  const parsed = parseEndpoint(value);
  if (parsed.kind === 'endpoint') return parsed.endpoint;
  throw new KeyturnError('endpoint-refused', `${name} ${parsed.rule}.`);
}

function readWindow(env: Environment, name: string): Window | null {
  const value = env[name];
  if (value === undefined || value === '') return null;
  const broken = brokenWindowRule(value);
  if (broken !== null) throw new KeyturnError('setting-invalid', `${name} ${broken}.`);
  return parseWindow(value);
}

/** More than a quarter of an hour helps nobody, and every second of it is paid for. */
const JITTER_SECONDS_MAX = 900;

function readJitter(env: Environment, name: string): DurationMs {
  const value = env[name] ?? '';
  const count = value === '' ? 0 : Number(value);
  if (/^\d{0,3}$/.test(value) && count <= JITTER_SECONDS_MAX) return seconds(count);
  throw new KeyturnError(
    'setting-invalid',
    `${name} must be a whole number of seconds up to ${JITTER_SECONDS_MAX}.`,
  );
}

function readSwitch(env: Environment, name: string): boolean {
  const value = env[name] ?? '';
  if (value === '' || value === 'false') return false;
  if (value === 'true') return true;
  throw new KeyturnError('setting-invalid', `${name} must be true or false.`);
}

function readCount(env: Environment, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined || value === '') return fallback;
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new KeyturnError('setting-invalid', `${name} must be a whole number from 1 to 9999.`);
}

function readDuration(env: Environment, name: string, fallback: DurationMs): DurationMs {
  const value = env[name];
  if (value === undefined || value === '') return fallback;
  if (/^\d{1,9}$/.test(value) && Number(value) > 0) return durationMs(Number(value));
  throw new KeyturnError(
    'setting-invalid',
    `${name} must be a whole number of milliseconds above 0.`,
  );
}
