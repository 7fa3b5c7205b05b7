/**
 * Asynchronous delivery: at least once, with retries, an age limit and destinations. Source: Function
 * Compute documentation, "Error handling" (2026-04-01) and "Asynchronous invocation" (May 2025).
 */
import type { Executed } from './execution.ts';
import type { FunctionDescription } from './function.ts';
import { UNHANDLED } from './answers.ts';
import type { Instance } from './instances.ts';
import { moveTo, type AsyncTask } from './async-task.ts';

/** Waits when there is no room, then always the last. Assumed for retries of failures too. */
const BACK_OFF_MS = [500, 1_000, 2_000, 4_000] as const;
/** Throttled events are tried for five hours. */
const MAX_THROTTLED_MS = 5 * 60 * 60 * 1_000;
/** The code in the documented example of a destination message. */
const EXHAUSTED = 'FunctionResourceExhausted';
/** Not documented under which code an event that grew too old is reported. */
const EXPIRED = 'AsyncEventExpired';

export interface QueueDuties {
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  /** A place to run in, or null when there is none. */
  claim(fn: FunctionDescription, task: AsyncTask): Instance | null;
  /** Runs in the claimed place and gives it back. */
  run(
    fn: FunctionDescription,
    task: AsyncTask,
    attempt: { readonly instance: Instance; readonly retryCount: number },
  ): Promise<Executed>;
  /** `condition` is empty on success. */
  settled(fn: FunctionDescription, task: AsyncTask, condition: string): void;
  /** The fault that at-least-once allows: this event reaches the function twice. */
  deliverTwice(fn: FunctionDescription): boolean;
}

export class AsyncQueue {
  readonly #duties: QueueDuties;
  readonly #open = new Set<Promise<void>>();
  #closed = false;

  constructor(duties: QueueDuties) {
    this.#duties = duties;
  }

  enqueue(fn: FunctionDescription, task: AsyncTask): void {
    const copies = this.#duties.deliverTwice(fn) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delivery = this.#deliver(fn, task).finally(() => this.#open.delete(delivery));
      this.#open.add(delivery);
    }
  }

  /** Resolves when nothing is queued or running, also what was queued meanwhile. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** Nothing more is started. What runs must be killed by whoever started it. */
  close(): void {
    this.#closed = true;
  }

  async #deliver(fn: FunctionDescription, task: AsyncTask): Promise<void> {
    for (let retryCount = 0; ; retryCount += 1) {
      const place = await this.#waitForPlace(fn, task);
      if (place === 'closed') return;
      if (typeof place === 'string') {
        this.#end(fn, task, place);
        return;
      }
      const ending = await this.#attempt(fn, task, { instance: place, retryCount });
      if (isStopping(task) || ending !== 'failed') {
        this.#end(fn, task, ending === 'returned' ? '' : UNHANDLED);
        return;
      }
      if (retryCount >= fn.maxAsyncRetryAttempts) {
        this.#end(fn, task, UNHANDLED);
        return;
      }
      moveTo(task, 'Retrying', this.#duties.clock.now());
      await this.#duties.clock.sleep(backOff(retryCount));
    }
  }

  /** A place, or why there never will be one. */
  async #waitForPlace(
    fn: FunctionDescription,
    task: AsyncTask,
  ): Promise<Instance | 'closed' | typeof UNHANDLED | typeof EXPIRED | typeof EXHAUSTED> {
    const { clock } = this.#duties;
    const since = clock.now();
    for (let turn = 0; !this.#closed; turn += 1) {
      const now = clock.now();
      if (isStopping(task)) return UNHANDLED;
      if (now - task.enqueuedAt > fn.maxAsyncEventAgeInSeconds * 1_000) return EXPIRED;
      if (now - since > MAX_THROTTLED_MS) return EXHAUSTED;
      const place = this.#duties.claim(fn, task);
      if (place !== null) return place;
      await clock.sleep(backOff(turn));
    }
    return 'closed';
  }

  async #attempt(
    fn: FunctionDescription,
    task: AsyncTask,
    attempt: { readonly instance: Instance; readonly retryCount: number },
  ): Promise<'returned' | 'failed'> {
    const { clock } = this.#duties;
    moveTo(task, 'Running', clock.now());
    task.startedAt ??= clock.now();
    task.attempts += 1;
    const { ending } = await this.#duties.run(fn, task, attempt);
    task.result =
      ending.kind === 'returned' ? ending.body.toString() : JSON.stringify(ending.error);
    task.error = ending.kind === 'returned' ? null : ending.error.errorMessage;
    return ending.kind;
  }

  /** A stopped task goes to no destination: a person ended it. */
  #end(fn: FunctionDescription, task: AsyncTask, condition: string): void {
    const now = this.#duties.clock.now();
    task.endedAt = now;
    if (isStopping(task)) {
      moveTo(task, 'Stopped', now);
      return;
    }
    if (condition === '') moveTo(task, 'Succeeded', now);
    else moveTo(task, condition === EXPIRED ? 'Expired' : 'Failed', now);
    this.#duties.settled(fn, task, condition);
  }
}

const isStopping = (task: AsyncTask): boolean =>
  task.status === 'Stopping' || task.status === 'Stopped';

const backOff = (turn: number): number => BACK_OFF_MS[Math.min(turn, 3)] ?? 4_000;
