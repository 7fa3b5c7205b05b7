/**
 * Function Compute: functions run as Function Compute runs them. Its two APIs come in by door.ts. Not
 * modelled: versions as frozen code, warm instances and their hooks, HTTP triggers, custom runtimes, the
 * speed at which instances start, and 2.0's task control. A function of 3.0 cannot be reached over the API
 * of 2.0; one of 2.0 is `service$function` in 3.0.
 */
import type { Faults } from '../faults.ts';
import type { Prng } from '../prng.ts';
import type { Roles } from '../ram/roles.ts';
import type { Switches } from '../switches.ts';
import * as answer from './answers.ts';
import { AsyncInvocations } from './async-invocations.ts';
import type { AsyncTask, AsyncTasks } from './async-task.ts';
import type { FunctionDefinition, Trigger } from './definition.ts';
import type { Delivery } from './destination.ts';
import { cloudEvent, envelop, timerEvent, type BusEvent, type EventForm } from './envelopes.ts';
import type { Execute, Executed } from './execution.ts';
import {
  describeFunction,
  LATEST,
  type FunctionDescription,
  type FunctionSettings,
} from './function.ts';
import { Invocations, type InvocationRecord } from './invocations.ts';

export interface FunctionComputeOptions {
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly random: Prng;
  readonly accountId: string;
  readonly regionId: string;
  readonly roles: Roles;
  readonly faults: Faults;
  readonly execute: Execute;
  /** As they are now. */
  readonly switches: () => Switches;
  /** Queues and topics that messages can be sent to, as `queues/name` and `topics/name`. */
  readonly mailboxes: ReadonlySet<string>;
}

/** A function and what starts it. */
export interface Deployed {
  readonly fn: FunctionDescription;
  readonly triggers: readonly Trigger[];
}

export class FunctionCompute {
  readonly #options: FunctionComputeOptions;
  readonly #random: Prng;
  readonly #deployed = new Map<string, Deployed>();
  readonly #invocations: Invocations;
  readonly #async: AsyncInvocations;

  constructor(options: FunctionComputeOptions) {
    this.#options = options;
    this.#random = options.random.fork('fc');
    this.#invocations = new Invocations(options);
    this.#async = new AsyncInvocations({
      clock: options.clock,
      roles: options.roles,
      mailboxes: options.mailboxes,
      invocations: this.#invocations,
      newRequestId: () => this.requestId(),
      switches: options.switches,
      strike: (kind, functionName) => options.faults.drawForEvent(kind, functionName),
      functionArn: (functionName) => this.arn(functionName),
      find: (functionName) => this.#deployed.get(functionName)?.fn,
    });
  }

  /** Adds or replaces a function. Throws on settings that the service would refuse. */
  register(settings: FunctionSettings, triggers: readonly Trigger[] = []): void {
    const fn = describeFunction(settings);
    this.#invocations.reserve(fn);
    this.#deployed.set(fn.name, { fn, triggers });
  }

  deploy(definition: FunctionDefinition): void {
    this.register(definition.settings, definition.triggers);
  }

  deployed(): readonly Deployed[] {
    return [...this.#deployed.values()];
  }

  /** Throws a VendorError when there is no such function, version or alias. */
  find(functionName: string, qualifier: string): FunctionDescription {
    const fn = this.#deployed.get(functionName)?.fn;
    if (fn === undefined) throw answer.functionNotFound(functionName);
    if (!fn.qualifiers.includes(qualifier)) throw answer.qualifierNotFound(qualifier);
    return fn;
  }

  /** Runs a function at once. Throws a VendorError when no place is free or its role cannot be assumed. */
  async invoke(
    fn: FunctionDescription,
    invocation: { event: Buffer; qualifier: string; requestId: string },
  ): Promise<Executed> {
    const instance = this.#invocations.claim(fn, invocation.requestId);
    if (instance === null) throw answer.exhausted();
    return this.#invocations.run(fn, instance, { ...invocation, retryCount: 0 });
  }

  /** Throws a VendorError when the task id has been taken. */
  enqueue(
    fn: FunctionDescription,
    invocation: { event: Buffer; qualifier: string; requestId?: string; taskId?: string },
  ): AsyncTask {
    return this.#async.enqueue(fn, invocation);
  }

  /** A timer trigger goes off: an asynchronous invocation, as always with timers. */
  fireTimer(timer: { functionName: string; triggerName: string; payload?: string }): AsyncTask {
    const { functionName, triggerName } = timer;
    const trigger = this.#deployed
      .get(functionName)
      ?.triggers.find(({ kind, name }) => kind === 'timer' && name === triggerName);
    if (trigger?.kind !== 'timer') throw new Error(`${functionName} has no timer ${triggerName}`);
    const fn = this.find(functionName, trigger.qualifier);
    const payload = timer.payload ?? trigger.payload;
    const event = timerEvent({ triggerName, payload, now: this.#options.clock.now() });
    return this.enqueue(fn, { event, qualifier: trigger.qualifier });
  }

  /** An event reaches the default bus: each enabled trigger whose pattern it matches is set off. */
  publish(event: BusEvent): readonly AsyncTask[] {
    const body = cloudEvent(event, this.#place());
    return this.deployed().flatMap(({ fn, triggers }) =>
      triggers
        .filter((one) => one.kind === 'eventbridge' && one.enabled && one.matches(body))
        .map(({ qualifier }) => {
          const [text = Buffer.alloc(0)] = envelop('single', [body], this.#place());
          return this.enqueue(fn, { event: text, qualifier });
        }),
    );
  }

  /** Hands events to one function in a form of the caller's choice, whatever triggers it has. */
  deliver(delivery: {
    functionName: string;
    events: readonly BusEvent[];
    form: EventForm;
  }): readonly AsyncTask[] {
    const fn = this.find(delivery.functionName, LATEST);
    const place = this.#place();
    const bodies = delivery.events.map((event) => cloudEvent(event, place));
    return envelop(delivery.form, bodies, place).map((event) =>
      this.enqueue(fn, { event, qualifier: LATEST }),
    );
  }

  /** Kills what runs of a function, without a word to it. Returns how many instances that were. */
  crash(functionName: string): number {
    return this.#invocations.kill({ functionName });
  }

  stop(task: AsyncTask): void {
    this.#async.stop(task);
  }

  get tasks(): AsyncTasks {
    return this.#async.tasks;
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

  arn(functionName: string): string {
    const { regionId, accountId } = this.#options;
    return `acs:fc:${regionId}:${accountId}:functions/${functionName}`;
  }

  requestId(): string {
    return `1-${this.#random.hex(8)}-${this.#random.hex(8)}-${this.#random.hex(12)}`;
  }

  #place(): { accountId: string; regionId: string; now: number } {
    const { accountId, regionId, clock } = this.#options;
    return { accountId, regionId, now: clock.now() };
  }
}
