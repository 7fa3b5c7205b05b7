/** Asynchronous invocations from the queue to their destination. */
import type { EventFaultKind, Fault } from '../faults.ts';
import { VendorError } from '../operation.ts';
import type { Roles } from '../ram/roles.ts';
import type { Switches } from '../switches.ts';
import { AsyncQueue } from './async-queue.ts';
import { AsyncTasks, moveTo, type AsyncTask } from './async-task.ts';
import {
  destinationFunction,
  destinationMessage,
  mailboxOf,
  obstacleTo,
  type Delivery,
} from './destination.ts';
import type { Executed } from './execution.ts';
import type { Instance } from './instances.ts';
import { LATEST, type FunctionDescription } from './function.ts';
import type { Invocations } from './invocations.ts';

export interface AsyncInvocationOptions {
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly roles: Roles;
  readonly invocations: Invocations;
  readonly newRequestId: () => string;
  readonly switches: () => Switches;
  readonly strike: (kind: EventFaultKind, functionName: string) => Fault | null;
  readonly mailboxes: ReadonlySet<string>;
  readonly functionArn: (functionName: string) => string;
  readonly find: (functionName: string) => FunctionDescription | undefined;
}

export class AsyncInvocations {
  readonly tasks = new AsyncTasks();
  readonly deliveries: Delivery[] = [];
  readonly #options: AsyncInvocationOptions;
  readonly #queue: AsyncQueue;

  constructor(options: AsyncInvocationOptions) {
    this.#options = options;
    this.#queue = new AsyncQueue({
      clock: options.clock,
      claim: (fn, task) => options.invocations.claim(fn, task.requestId),
      run: (fn, task, attempt) => this.#run(fn, task, attempt),
      settled: (fn, task, condition) => this.#callBack(fn, task, condition),
      deliverTwice: (fn) => options.strike('repeated-event', fn.name) !== null,
    });
  }

  enqueue(
    fn: FunctionDescription,
    invocation: { event: Buffer; qualifier: string; requestId?: string; taskId?: string },
  ): AsyncTask {
    const requestId = invocation.requestId ?? this.#options.newRequestId();
    const fields = {
      taskId: invocation.taskId ?? requestId,
      requestId,
      functionName: fn.name,
      qualifier: invocation.qualifier,
      event: invocation.event,
      now: this.#options.clock.now(),
    };
    const task = this.tasks.add(fields, this.#options.switches());
    this.#queue.enqueue(fn, task);
    return task;
  }

  /** Ends a task; a running one is killed. What a function sees of that is not documented. */
  stop(task: AsyncTask): void {
    if (task.endedAt !== null || task.status === 'Stopping') return;
    moveTo(task, 'Stopping', this.#options.clock.now());
    this.#options.invocations.kill(task);
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  close(): void {
    this.#queue.close();
  }

  /** A role that cannot be assumed fails the attempt: the one who asked has long been answered. */
  async #run(
    fn: FunctionDescription,
    task: AsyncTask,
    { instance, retryCount }: { instance: Instance; retryCount: number },
  ): Promise<Executed> {
    const { requestId, event, qualifier } = task;
    const invocation = { requestId, event, qualifier, retryCount };
    const death = this.#options.strike('killed-instance', fn.name);
    if (death !== null) {
      void this.#options.clock.sleep(death.delayMs ?? 0).then(() => instance.abort.abort());
    }
    try {
      return await this.#options.invocations.run(fn, instance, invocation);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const ending = { kind: 'failed', error: { errorMessage: error.message } } as const;
      return { ending, logs: '', maxMemoryMb: 0 };
    }
  }

  #callBack(fn: FunctionDescription, task: AsyncTask, condition: string): void {
    const destination = condition === '' ? fn.onSuccess : fn.onFailure;
    if (destination === null) return;
    const { roles, clock, functionArn, find, mailboxes } = this.#options;
    const message = destinationMessage(task, {
      functionArn: functionArn(fn.name),
      condition,
      now: clock.now(),
    });
    const policies = fn.roleName === null ? [] : roles.policies(fn.roleName);
    const target = find(destinationFunction(destination) ?? '');
    const obstacle = obstacleTo(destination, {
      policies,
      exists: target !== undefined || mailboxes.has(mailboxOf(destination) ?? ''),
    });
    this.deliveries.push({ destination, message, delivered: obstacle === null, obstacle });
    if (obstacle !== null || target === undefined) return;
    this.enqueue(target, { event: Buffer.from(JSON.stringify(message)), qualifier: LATEST });
  }
}
