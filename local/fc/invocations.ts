/** Runs functions: room, credentials, and a record of what ran. */
import { authorise } from '../ram/evaluate.ts';
import type { Roles, TemporaryCredentials } from '../ram/roles.ts';
import type { Execute, Executed } from './execution.ts';
import type { FunctionDescription } from './function.ts';
import { Instances } from './instances.ts';
import type { Instance } from './instances.ts';

export const FC_SERVICE = 'fc.aliyuncs.com';
/** How long a function's credentials hold. Source: "Context", Node.js. */
const CREDENTIAL_SECONDS = 36 * 60 * 60;
const MAX_RECORDS = 1_000;

export interface Invocation {
  readonly requestId: string;
  readonly event: Buffer;
  readonly qualifier: string;
  readonly retryCount: number;
}

/** What ran, for people and checkers to read. */
export interface InvocationRecord {
  readonly requestId: string;
  readonly functionName: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: 'returned' | 'failed';
  /** The function's answer, or the JSON of its error. */
  readonly payload: string;
  readonly logs: string;
  /** Whether the log reached the function's log store; null when it has none. */
  readonly logStored: boolean | null;
}

export interface InvocationOptions {
  readonly clock: { now(): number };
  readonly accountId: string;
  readonly regionId: string;
  readonly roles: Roles;
  readonly execute: Execute;
}

export class Invocations {
  readonly #options: InvocationOptions;
  readonly #instances = new Instances();
  readonly #records: InvocationRecord[] = [];

  constructor(options: InvocationOptions) {
    this.#options = options;
  }

  reserve(fn: FunctionDescription): void {
    this.#instances.reserve(fn);
  }

  /** A place to run in, or null when there is none. */
  claim(fn: FunctionDescription, requestId: string): Instance | null {
    return this.#instances.claim(fn, requestId);
  }

  kill(which: { functionName?: string; requestId?: string }): number {
    return this.#instances.kill(which);
  }

  /** The newest thousand. */
  records(): readonly InvocationRecord[] {
    return this.#records;
  }

  /** Runs in the claimed place and gives it back. Throws a VendorError when the role cannot be assumed. */
  async run(
    fn: FunctionDescription,
    instance: Instance,
    invocation: Invocation,
  ): Promise<Executed> {
    try {
      return await this.#run(fn, instance.abort.signal, invocation);
    } finally {
      this.#instances.release(instance);
    }
  }

  async #run(
    fn: FunctionDescription,
    signal: AbortSignal,
    invocation: Invocation,
  ): Promise<Executed> {
    const { clock, accountId, regionId, execute } = this.#options;
    const { requestId, event, qualifier, retryCount } = invocation;
    const credentials = this.#credentials(fn);
    const startedAt = clock.now();
    const result = await execute(
      { requestId, function: fn, event, credentials, accountId, regionId, qualifier, retryCount },
      signal,
    );
    const { ending, logs } = result;
    this.#records.push({
      requestId,
      functionName: fn.name,
      startedAt,
      endedAt: clock.now(),
      outcome: ending.kind,
      payload: ending.kind === 'returned' ? ending.body.toString() : JSON.stringify(ending.error),
      logs,
      logStored: fn.logStore === null ? null : this.#mayLog(fn, fn.logStore),
    });
    if (this.#records.length > MAX_RECORDS) this.#records.shift();
    return result;
  }

  /** The service writes the log in the name of the function's role. */
  #mayLog({ roleName }: FunctionDescription, logStore: string): boolean {
    const { accountId, regionId, roles } = this.#options;
    const resource = `acs:log:${regionId}:${accountId}:${logStore}`;
    const policies = roleName === null ? [] : roles.policies(roleName);
    const action = 'log:PostLogStoreLogs';
    return authorise({ policies, action, resources: [resource], context: {} }).allowed;
  }

  #credentials(fn: FunctionDescription): TemporaryCredentials | null {
    if (fn.roleName === null) return null;
    return this.#options.roles.assume({
      roleName: fn.roleName,
      service: FC_SERVICE,
      sessionName: fn.name,
      now: this.#options.clock.now(),
      lifetimeSeconds: CREDENTIAL_SECONDS,
    });
  }
}
