/**
 * A function as a deployment describes it: the fields of FC 3.0's API and of `props` in s.yaml, in their
 * spelling. Strict: a misspelt field would otherwise be a setting that silently does not hold.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { compilePattern } from './event-pattern.ts';
import type { Pattern } from './event-pattern.ts';
import type { FunctionSettings } from './function.ts';

export type Trigger =
  | {
      readonly kind: 'timer';
      readonly name: string;
      readonly qualifier: string;
      readonly enabled: boolean;
      readonly cron: string;
      readonly payload: string;
    }
  | {
      readonly kind: 'eventbridge';
      readonly name: string;
      readonly qualifier: string;
      readonly enabled: boolean;
      readonly matches: Pattern;
    };

export interface FunctionDefinition {
  readonly settings: FunctionSettings;
  readonly triggers: readonly Trigger[];
}

type Json = Readonly<Record<string, unknown>>;

/** Six fields or an interval, with or without a time zone. */
const CRON = /^(?:CRON_TZ=\S+ )?(?:@every \d+[smhd]|(?:\S+ ){5}\S+)$/u;

/** Runtimes whose handler is `file.export`; others have no event handlers in Node.js. */
const RUNTIMES = ['nodejs20', 'nodejs18'];
/** What a deployment says besides, and nothing here depends on. */
const IGNORED = ['region', 'description', 'cpu', 'diskSize', 'internetAccess'];
const FIELDS = [
  ...IGNORED,
  'functionName',
  'runtime',
  'code',
  'handler',
  'timeout',
  'memorySize',
  'environmentVariables',
  'role',
  'qualifiers',
  'logConfig',
  'concurrencyConfig',
  'asyncInvokeConfig',
  'triggers',
];

/** Relative paths start at `folder`. Throws an Error that names the place and the rule. */
export function readDefinition(value: unknown, folder: string): FunctionDefinition {
  const fields = closed('function', value, FIELDS);
  const name = text('function.functionName', fields['functionName']);
  const place = (field: string): string => `function ${name}: ${field}`;
  const runtime = optional(fields['runtime'], (given) => text(place('runtime'), given));
  if (runtime !== undefined && !RUNTIMES.includes(runtime)) {
    throw new Error(`${place('runtime')} must be one of ${RUNTIMES.join(', ')}`);
  }
  const handler = text(place('handler'), fields['handler'] ?? 'index.handler');
  const code = optional(fields['code'], (given) => text(place('code'), given));
  const concurrency = closed(place('concurrencyConfig'), fields['concurrencyConfig'] ?? {}, [
    'reservedConcurrency',
  ]);
  const settings = {
    name,
    ...(code === undefined ? {} : moduleOf(resolve(folder, code), handler, place)),
    ...numbers(place, {
      timeoutSeconds: fields['timeout'],
      memoryMb: fields['memorySize'],
      reservedConcurrency: concurrency['reservedConcurrency'],
    }),
    ...given('env', fields['environmentVariables'], (env) =>
      texts(place('environmentVariables'), env),
    ),
    ...given('roleName', fields['role'], (role) => roleName(text(place('role'), role))),
    ...given('qualifiers', fields['qualifiers'], (names) =>
      list(place('qualifiers'), names).map((one) => text(place('qualifiers'), one)),
    ),
    ...given('logStore', fields['logConfig'], (config) => logStore(place('logConfig'), config)),
    ...asyncSettings(place, fields['asyncInvokeConfig'] ?? {}),
  };
  const triggers = list(place('triggers'), fields['triggers'] ?? []).map((trigger, index) =>
    readTrigger(place(`triggers[${index}]`), trigger),
  );
  return { settings, triggers };
}

/** `index.handler` of a folder is the export `handler` of its index.mjs or index.js. */
function moduleOf(
  folder: string,
  handler: string,
  place: (field: string) => string,
): { bundlePath: string; handlerExport: string } {
  const dot = handler.lastIndexOf('.');
  if (dot < 1) throw new Error(`${place('handler')} must be file.export`);
  const stem = resolve(folder, handler.slice(0, dot));
  const bundlePath = ['.mjs', '.js'].map((end) => `${stem}${end}`).find((file) => existsSync(file));
  if (bundlePath === undefined) throw new Error(`${place('code')} has no file for its handler`);
  return { bundlePath, handlerExport: handler.slice(dot + 1) };
}

function asyncSettings(
  place: (field: string) => string,
  value: unknown,
): Partial<FunctionSettings> {
  const where = place('asyncInvokeConfig');
  const config = closed(where, value, [
    'asyncTask',
    'maxAsyncRetryAttempts',
    'maxAsyncEventAgeInSeconds',
    'destinationConfig',
  ]);
  const destinations = closed(`${where}.destinationConfig`, config['destinationConfig'] ?? {}, [
    'onSuccess',
    'onFailure',
  ]);
  const destination = (name: 'onSuccess' | 'onFailure') =>
    given(name, destinations[name], (one) => {
      const inside = `${where}.destinationConfig.${name}`;
      return text(`${inside}.destination`, closed(inside, one, ['destination'])['destination']);
    });
  return {
    ...numbers((field) => `${where}.${field}`, {
      maxAsyncRetryAttempts: config['maxAsyncRetryAttempts'],
      maxAsyncEventAgeInSeconds: config['maxAsyncEventAgeInSeconds'],
    }),
    ...given('asyncTask', config['asyncTask'], (on) => truth(`${where}.asyncTask`, on)),
    ...destination('onSuccess'),
    ...destination('onFailure'),
  };
}

function logStore(place: string, value: unknown): string {
  const { project, logstore } = closed(place, value, [
    'project',
    'logstore',
    'enableRequestMetrics',
    'enableInstanceMetrics',
    'logBeginRule',
  ]);
  const store = text(`${place}.logstore`, logstore);
  return `project/${text(`${place}.project`, project)}/logstore/${store}`;
}

function readTrigger(place: string, value: unknown): Trigger {
  const fields = closed(place, value, [
    'triggerName',
    'triggerType',
    'qualifier',
    'triggerConfig',
    'description',
  ]);
  const name = text(`${place}.triggerName`, fields['triggerName']);
  const qualifier = text(`${place}.qualifier`, fields['qualifier'] ?? 'LATEST');
  const where = `${place}.triggerConfig`;
  switch (fields['triggerType']) {
    case 'timer': {
      const config = closed(where, fields['triggerConfig'], [
        'cronExpression',
        'enable',
        'payload',
      ]);
      const cron = text(`${where}.cronExpression`, config['cronExpression']);
      if (!CRON.test(cron)) throw new Error(`${where}.cronExpression must have six fields`);
      const payload = text(`${where}.payload`, config['payload'] ?? '');
      const enabled = truth(`${where}.enable`, config['enable'] ?? false);
      return { kind: 'timer', name, qualifier, enabled, cron, payload };
    }
    case 'eventbridge': {
      const config = closed(where, fields['triggerConfig'], [
        'triggerEnable',
        'asyncInvocationType',
        'eventRuleFilterPattern',
        'eventSourceConfig',
      ]);
      if (config['asyncInvocationType'] !== true) {
        throw new Error(`${where}.asyncInvocationType must be true: others are not modelled`);
      }
      const pattern = text(`${where}.eventRuleFilterPattern`, config['eventRuleFilterPattern']);
      const enabled = truth(`${where}.triggerEnable`, config['triggerEnable'] ?? true);
      const matches = compilePattern(JSON.parse(pattern));
      return { kind: 'eventbridge', name, qualifier, enabled, matches };
    }
    default:
      throw new Error(`${place}.triggerType must be timer or eventbridge`);
  }
}

/** A role by its name or by its ARN. */
const roleName = (role: string): string => role.slice(role.lastIndexOf('/') + 1);

function closed(place: string, value: unknown, known: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place} must be an object`);
  }
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new Error(`${place}: ${stranger} is not supported`);
  return value as Json;
}

function text(place: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${place} must be text`);
  return value;
}

function truth(place: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error(`${place} must be true or false`);
  return value;
}

function list(place: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${place} must be a list`);
  return value;
}

function texts(place: string, value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place} must be an object`);
  }
  for (const [key, one] of Object.entries(value)) text(`${place}.${key}`, one);
  return value as Readonly<Record<string, string>>;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** `{ name: read(value) }`, or nothing where the value was left out. */
function given<K extends string, T>(
  name: K,
  value: unknown,
  read: (value: unknown) => T,
): { [_ in K]?: T } {
  return value === undefined ? {} : ({ [name]: read(value) } as { [_ in K]?: T });
}

function numbers<K extends string>(
  place: (field: string) => string,
  values: Readonly<Record<K, unknown>>,
): { [_ in K]?: number } {
  const found: { [_ in K]?: number } = {};
  for (const [name, value] of Object.entries(values) as [K, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== 'number') throw new Error(`${place(name)} must be a number`);
    found[name] = value;
  }
  return found;
}
