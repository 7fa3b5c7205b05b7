/**
 * Function Compute: functions run as Function Compute runs them, called over the API of 2.0 (2016-08-15)
 * and of 3.0 (2023-03-30). Not modelled: deploying, versions as frozen code, warm instances and their
 * hooks, HTTP triggers, custom runtimes, and 2.0's task control. A function of 3.0 cannot be reached over
 * the API of 2.0; one of 2.0 is `service$function` in 3.0.
 */
import { VendorError, type Caller } from '../operation.ts';
import type { Prng } from '../prng.ts';
import { accessDeniedDetail, authorise } from '../ram/evaluate.ts';
import type { Roles } from '../ram/roles.ts';
import * as answer from './answers.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { renderTask, TASK_ID, type AsyncTask } from './async-task.ts';
import type { Delivery } from './destination.ts';
import type { Execute } from './execution.ts';
import {
  describeFunction,
  LATEST,
  type FunctionDescription,
  type FunctionSettings,
} from './function.ts';
import { Invocations, type InvocationRecord } from './invocations.ts';
import { apiOf, routeFcCall, type FcCall } from './routes.ts';
import { busEvent, timerEvent, type BusEvent } from './trigger.ts';

const MAX_SYNC_BYTES = 32 * 1_048_576;
const MAX_ASYNC_BYTES = 128 * 1_024;

export interface FunctionComputeOptions {
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly random: Prng;
  readonly accountId: string;
  readonly regionId: string;
  readonly roles: Roles;
  readonly execute: Execute;
  /** The fault that at-least-once delivery allows; never, unless given. */
  readonly deliverTwice?: (functionName: string) => boolean;
}

/** A request whose signature has been verified. Header names in lower case, `path` without the query. */
export interface FcRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

interface Served {
  readonly call: FcCall;
  readonly fn: FunctionDescription;
  readonly request: FcRequest;
  readonly requestId: string;
}

export class FunctionCompute {
  readonly #options: FunctionComputeOptions;
  readonly #random: Prng;
  readonly #functions = new Map<string, FunctionDescription>();
  readonly #invocations: Invocations;
  readonly #async: AsyncInvocations;

  constructor(options: FunctionComputeOptions) {
    this.#options = options;
    this.#random = options.random.fork('fc');
    this.#invocations = new Invocations(options);
    this.#async = new AsyncInvocations({
      clock: options.clock,
      roles: options.roles,
      invocations: this.#invocations,
      newRequestId: () => this.#requestId(),
      deliverTwice: options.deliverTwice ?? (() => false),
      functionArn: (functionName) => this.#arn(functionName),
      find: (functionName) => this.#functions.get(functionName),
    });
  }

  /** Adds or replaces a function. Throws on settings that the service would refuse. */
  register(settings: FunctionSettings): void {
    const fn = describeFunction(settings);
    this.#functions.set(fn.name, fn);
  }

  async handle(request: FcRequest): Promise<answer.Answer> {
    const requestId = this.#requestId();
    try {
      const call = routeFcCall(request, this.#options);
      if (call === null) throw answer.pathNotSupported(request.method, request.path);
      this.#authorise(call, request.caller);
      const fn = this.#find(call.functionName, call.qualifier);
      return await this.#serve({ call, fn, request, requestId });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      return answer.refusal(apiOf(request.path), error, requestId);
    }
  }

  /** A timer trigger goes off: an asynchronous invocation, as always with timers. */
  fireTimer(timer: {
    functionName: string;
    triggerName: string;
    payload: string;
    qualifier?: string;
  }): AsyncTask {
    const qualifier = timer.qualifier ?? LATEST;
    const fn = this.#find(timer.functionName, qualifier);
    const event = timerEvent({ ...timer, now: this.#options.clock.now() });
    return this.#async.enqueue(fn, { event, qualifier });
  }

  /** An event of the default bus arrives by an asynchronous EventBridge trigger. */
  deliverEvent(delivery: { functionName: string; event: BusEvent }): AsyncTask {
    const fn = this.#find(delivery.functionName, LATEST);
    const { accountId, regionId, clock } = this.#options;
    const event = busEvent(delivery.event, { accountId, regionId, now: clock.now() });
    return this.#async.enqueue(fn, { event, qualifier: LATEST });
  }

  /** Kills what runs of a function, without a word to it. Returns how many instances that were. */
  crash(functionName: string): number {
    return this.#invocations.kill({ functionName });
  }

  tasks(): readonly AsyncTask[] {
    return this.#async.tasks.all();
  }

  invocations(): readonly InvocationRecord[] {
    return this.#invocations.records();
  }

  deliveries(): readonly Delivery[] {
    return this.#async.deliveries;
  }

  /** Resolves when no asynchronous invocation is queued or running. */
  idle(): Promise<void> {
    return this.#async.idle();
  }

  /** Ends everything at once: nothing is started any more and what runs is killed. */
  close(): void {
    this.#async.close();
    this.#invocations.kill({});
  }

  #authorise(call: FcCall, caller: Caller): void {
    if (caller.roleName === null) return;
    const { roles, accountId } = this.#options;
    const { action, resource } = call.ram;
    const policies = roles.policies(caller.roleName);
    const decision = authorise({ policies, action, resources: [resource], context: {} });
    if (decision.allowed) return;
    const sessionName = roles.session(caller.accessKeyId)?.sessionName ?? '';
    const principal = { accountId, roleName: caller.roleName, sessionName };
    throw new VendorError({
      status: 403,
      code: 'AccessDenied',
      message: `the caller is not authorized to perform '${action}' on resource '${resource}'`,
      detail: { AccessDeniedDetail: accessDeniedDetail(decision, principal) },
    });
  }

  #find(functionName: string, qualifier: string): FunctionDescription {
    const fn = this.#functions.get(functionName);
    if (fn === undefined) throw answer.functionNotFound(functionName);
    if (!fn.qualifiers.includes(qualifier)) throw answer.qualifierNotFound(qualifier);
    return fn;
  }

  #serve(served: Served): Promise<answer.Answer> | answer.Answer {
    const { call, fn, request, requestId } = served;
    const { tasks } = this.#async;
    switch (call.operation) {
      case 'InvokeFunction':
        return request.headers['x-fc-invocation-type'] === 'Async'
          ? this.#invokeAsync(served)
          : this.#invokeSync(served);
      case 'GetAsyncTask':
        return answer.json(200, this.#render(tasks.get(fn.name, call.taskId), true), requestId);
      case 'ListAsyncTasks': {
        const page = tasks.list(fn.name, request.query);
        const withPayload = request.query['includePayload'] === 'true';
        const rendered = page.tasks.map((task) => this.#render(task, withPayload));
        return answer.json(200, { tasks: rendered, nextToken: page.nextToken }, requestId);
      }
      case 'StopAsyncTask':
        this.#async.stop(tasks.get(fn.name, call.taskId));
        return answer.json(200, {}, requestId);
    }
  }

  async #invokeSync({ call, fn, request, requestId }: Served): Promise<answer.Answer> {
    if (request.body.length > MAX_SYNC_BYTES) throw answer.tooLarge(MAX_SYNC_BYTES);
    if (!this.#invocations.hasRoom(fn)) throw answer.exhausted();
    const startedAt = this.#options.clock.now();
    const { qualifier } = call;
    const invocation = { requestId, event: request.body, qualifier, retryCount: 0 };
    const result = await this.#invocations.run(fn, invocation);
    return answer.executed(result, {
      requestId,
      durationMs: this.#options.clock.now() - startedAt,
      withLog: request.headers['x-fc-log-type'] === 'Tail',
    });
  }

  #invokeAsync({ call, fn, request, requestId }: Served): answer.Answer {
    if (request.body.length > MAX_ASYNC_BYTES) throw answer.tooLarge(MAX_ASYNC_BYTES);
    const header = call.api === 'fc2' ? 'x-fc-stateful-async-invocation-id' : 'x-fc-async-task-id';
    const taskId = request.headers[header];
    if (taskId !== undefined && !TASK_ID.test(taskId)) {
      throw answer.invalidArgument(`${header} is not valid`);
    }
    if (taskId !== undefined && !fn.asyncTask) {
      throw answer.invalidArgument(`task mode is not enabled for function '${fn.name}'`);
    }
    this.#async.enqueue(fn, {
      event: request.body,
      qualifier: call.qualifier,
      requestId,
      taskId: taskId ?? requestId,
    });
    return answer.accepted(requestId);
  }

  #render(task: AsyncTask, withPayload: boolean): Record<string, unknown> {
    return renderTask(task, { functionArn: this.#arn(task.functionName), withPayload });
  }

  #arn(functionName: string): string {
    const { regionId, accountId } = this.#options;
    return `acs:fc:${regionId}:${accountId}:functions/${functionName}`;
  }

  #requestId(): string {
    return `1-${this.#random.hex(8)}-${this.#random.hex(8)}-${this.#random.hex(12)}`;
  }
}

export function createFunctionCompute(options: FunctionComputeOptions): FunctionCompute {
  return new FunctionCompute(options);
}
