/**
 * What a function is registered with. Limits: Function Compute documentation, "Limits" (2026-02-04) and
 * "Environment variables" (2026-04-15); ranges of the asynchronous settings from the FC 3.0 API.
 */

export interface FunctionSettings {
  /** An FC 2.0 function is called `service$function`, as FC 3.0 shows it. */
  readonly name: string;
  /** The built ESM bundle; left out where the executor runs handlers of this process. */
  readonly bundlePath?: string;
  readonly handlerExport?: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Without a role the function gets no credentials. */
  readonly roleName?: string;
  /** Versions and aliases besides LATEST. */
  readonly qualifiers?: readonly string[];
  /** Both a reservation and a cap; 0 blocks the function. Without it, what the region has left. */
  readonly reservedConcurrency?: number;
  readonly maxAsyncRetryAttempts?: number;
  readonly maxAsyncEventAgeInSeconds?: number;
  /** Task mode: asynchronous invocations may carry an id of the caller's. */
  readonly asyncTask?: boolean;
  /** `project/name/logstore/name`: where its log goes, if its role may write there. */
  readonly logStore?: string;
  /** ARN of a queue, topic or function. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** The settings with every default in place. */
export interface FunctionDescription {
  readonly name: string;
  readonly bundlePath: string | null;
  readonly handlerExport: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly env: Readonly<Record<string, string>>;
  readonly roleName: string | null;
  readonly qualifiers: readonly string[];
  readonly reservedConcurrency: number | null;
  readonly maxAsyncRetryAttempts: number;
  readonly maxAsyncEventAgeInSeconds: number;
  readonly asyncTask: boolean;
  readonly logStore: string | null;
  readonly onSuccess: string | null;
  readonly onFailure: string | null;
}

export const LATEST = 'LATEST';
/** Instances of one region, shared by all functions without a reservation. */
export const REGION_INSTANCES = 300;
const MAX_ENV_BYTES = 4_096;
const ENV_NAME = /^(?!FC_)[A-Za-z][A-Za-z0-9_]*$/;
const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_$-]{0,127}$/;

/** Throws on settings that the service would refuse. */
export function describeFunction(settings: FunctionSettings): FunctionDescription {
  if (!FUNCTION_NAME.test(settings.name)) throw new Error(`no function name: ${settings.name}`);
  const within = (name: string, value: number, min: number, max: number): number => {
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new Error(`${settings.name}: ${name} must be from ${min} to ${max}`);
  };
  const memoryMb = within('memory', settings.memoryMb ?? 512, 128, 32_768);
  if (memoryMb % 64 !== 0) throw new Error(`${settings.name}: memory comes in steps of 64 MB`);
  return {
    name: settings.name,
    bundlePath: settings.bundlePath ?? null,
    handlerExport: settings.handlerExport ?? 'handler',
    timeoutSeconds: within('timeout', settings.timeoutSeconds ?? 3, 1, 86_400),
    memoryMb,
    env: checkedEnv(settings.name, settings.env ?? {}),
    roleName: settings.roleName ?? null,
    qualifiers: [LATEST, ...(settings.qualifiers ?? [])],
    reservedConcurrency:
      settings.reservedConcurrency === undefined
        ? null
        : within('reserved concurrency', settings.reservedConcurrency, 0, REGION_INSTANCES),
    maxAsyncRetryAttempts: within('retries', settings.maxAsyncRetryAttempts ?? 3, 0, 8),
    maxAsyncEventAgeInSeconds: within(
      'event age',
      settings.maxAsyncEventAgeInSeconds ?? 86_400,
      1,
      604_800,
    ),
    asyncTask: settings.asyncTask ?? false,
    logStore: settings.logStore ?? null,
    onSuccess: settings.onSuccess ?? null,
    onFailure: settings.onFailure ?? null,
  };
}

function checkedEnv(
  name: string,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const refused = Object.keys(env).find((key) => !ENV_NAME.test(key));
  if (refused !== undefined) throw new Error(`${name}: ${refused} cannot be set`);
  if (Buffer.byteLength(JSON.stringify(env)) > MAX_ENV_BYTES) {
    throw new Error(`${name}: environment over 4 KB`);
  }
  return env;
}
