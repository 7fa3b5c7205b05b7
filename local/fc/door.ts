/**
 * How calls reach Function Compute, over the API of 2.0 (2016-08-15) and of 3.0 (2023-03-30):
 * identify → authorise → inject fault → run → serialise. Who signed has been verified before.
 */
import type { Fault, Faults } from '../faults.ts';
import type { HttpResponse } from '../front-door/call.ts';
import { internalError, strikeBefore } from '../front-door/inject-fault.ts';
import type { Journal } from '../journal.ts';
import { LATE_MS } from '../front-door/late.ts';
import { VendorError, type Caller } from '../operation.ts';
import type { Prng } from '../prng.ts';
import { accessDeniedDetail, authorise } from '../ram/evaluate.ts';
import type { Roles } from '../ram/roles.ts';
import type { Switches } from '../switches.ts';
import * as answer from './answers.ts';
import { renderTask, TASK_ID, type AsyncTask } from './async-task.ts';
import type { FunctionCompute } from './function-compute.ts';
import { apiOf, routeFcCall, type FcCall } from './routes.ts';

const MAX_SYNC_BYTES = 32 * 1_048_576;
const MAX_ASYNC_BYTES = 128 * 1_024;

export interface FunctionDoorOptions {
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly random: Prng;
  readonly accountId: string;
  readonly regionId: string;
  readonly roles: Roles;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly functions: FunctionCompute;
  /** As they are now. */
  readonly switches: () => Switches;
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
  readonly request: FcRequest;
  readonly requestId: string;
}

interface Outcome {
  readonly response: HttpResponse;
  readonly code: string | null;
}

export class FunctionDoor {
  readonly #options: FunctionDoorOptions;

  constructor(options: FunctionDoorOptions) {
    this.#options = options;
  }

  async pass(request: FcRequest): Promise<HttpResponse> {
    const { functions, journal, clock, regionId } = this.#options;
    const requestId = functions.requestId();
    const call = routeFcCall(request, this.#options);
    const query: Record<string, string> = {};
    if (call !== null) query['FunctionName'] = call.functionName;
    if (call?.taskId) query['TaskId'] = call.taskId;
    const fault = this.#options.faults.draw({
      product: 'fc',
      action: call?.operation ?? 'unknown',
      access: call?.access ?? 'read',
      now: clock.now(),
      query,
      form: {},
    });
    const { response, code } = await this.#stages(request, { call, fault, requestId });
    journal.forgetEffects();
    journal.record(
      {
        now: clock.now(),
        product: 'fc',
        action: call?.operation ?? null,
        regionId,
        caller: request.caller,
        requestId,
        fault,
        query,
        clientToken: undefined,
      },
      { status: response.kind === 'answer' ? response.status : null, code },
    );
    return response;
  }

  async #stages(
    request: FcRequest,
    { call, fault, requestId }: { call: FcCall | null; fault: Fault | null; requestId: string },
  ): Promise<Outcome> {
    try {
      if (call === null) throw answer.pathNotSupported(request.method, request.path);
      this.#authorise(call, request.caller);
      const struck = strikeBefore('fc', fault);
      const served = { call, request, requestId };
      if (struck !== null) {
        if (struck.kind !== 'answer' && call.access === 'write') this.#landLate(served);
        return { response: struck, code: null };
      }
      const done = await this.#serve(served);
      if (fault?.kind === 'duplicate-delivery') await this.#again(served);
      return { response: serialise(done, fault), code: null };
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const refused = answer.refusal(apiOf(request.path), error, requestId);
      return { response: { kind: 'answer', ...refused, delayMs: 0 }, code: error.code };
    }
  }

  /** An outcome that reaches nobody. */
  async #again(served: Served): Promise<void> {
    try {
      await this.#serve({ ...served, requestId: this.#options.functions.requestId() });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
    }
  }

  /** A call that never arrived may have been on its way all the same. */
  #landLate(served: Served): void {
    const { switches, clock, random } = this.#options;
    if (switches().lostWrite === 'never') return;
    const wait = clock.sleep(random.between(LATE_MS.min, LATE_MS.max));
    void wait.then(() => this.#again(served));
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

  #serve(served: Served): Promise<answer.Answer> | answer.Answer {
    const { call, request, requestId } = served;
    const { functions } = this.#options;
    const fn = functions.find(call.functionName, call.qualifier);
    switch (call.operation) {
      case 'InvokeFunction':
        return request.headers['x-fc-invocation-type'] === 'Async'
          ? this.#invokeAsync(served)
          : this.#invokeSync(served);
      case 'GetAsyncTask': {
        const task = functions.tasks.get(fn.name, call.taskId);
        return answer.json(200, this.#render(task, true), requestId);
      }
      case 'ListAsyncTasks': {
        const page = functions.tasks.list(fn.name, request.query);
        const withPayload = request.query['includePayload'] === 'true';
        const rendered = page.tasks.map((task) => this.#render(task, withPayload));
        return answer.json(200, { tasks: rendered, nextToken: page.nextToken }, requestId);
      }
      case 'StopAsyncTask':
        functions.stop(functions.tasks.get(fn.name, call.taskId));
        return answer.json(200, {}, requestId);
    }
  }

  async #invokeSync({ call, request, requestId }: Served): Promise<answer.Answer> {
    const { functions, clock } = this.#options;
    if (request.body.length > MAX_SYNC_BYTES) throw answer.tooLarge(MAX_SYNC_BYTES);
    const fn = functions.find(call.functionName, call.qualifier);
    const startedAt = clock.now();
    const { qualifier } = call;
    const result = await functions.invoke(fn, { requestId, event: request.body, qualifier });
    return answer.executed(result, {
      requestId,
      durationMs: clock.now() - startedAt,
      withLog: request.headers['x-fc-log-type'] === 'Tail',
    });
  }

  #invokeAsync({ call, request, requestId }: Served): answer.Answer {
    if (request.body.length > MAX_ASYNC_BYTES) throw answer.tooLarge(MAX_ASYNC_BYTES);
    const { functions } = this.#options;
    const fn = functions.find(call.functionName, call.qualifier);
    const header = call.api === 'fc2' ? 'x-fc-stateful-async-invocation-id' : 'x-fc-async-task-id';
    const taskId = request.headers[header];
    if (taskId !== undefined && !TASK_ID.test(taskId)) {
      throw answer.invalidArgument(`${header} is not valid`);
    }
    if (taskId !== undefined && !fn.asyncTask) {
      throw answer.invalidArgument(`task mode is not enabled for function '${fn.name}'`);
    }
    functions.enqueue(fn, {
      event: request.body,
      qualifier: call.qualifier,
      requestId,
      taskId: taskId ?? requestId,
    });
    return answer.accepted(requestId);
  }

  #render(task: AsyncTask, withPayload: boolean): Record<string, unknown> {
    const functionArn = this.#options.functions.arn(task.functionName);
    const withReturn = this.#options.switches().taskReturnPayload === 'present';
    return renderTask(task, { functionArn, withPayload, withReturn });
  }
}

/** The faults that strike after the work is done. */
function serialise(done: answer.Answer, fault: Fault | null): HttpResponse {
  const response = { kind: 'answer', ...done, delayMs: 0 } as const;
  switch (fault?.kind) {
    case 'reset-after-applied':
      return { kind: 'reset' };
    case 'stall-after-applied':
      return { kind: 'stall' };
    case 'half-answer': {
      const text = done.body.toString();
      return { kind: 'reset', partial: text.slice(0, Math.floor(text.length / 2)) };
    }
    case 'server-500-after-applied':
      throw internalError('fc');
    case 'delay':
      return { ...response, delayMs: fault.delayMs ?? 1_000 };
    default:
      return response;
  }
}
