import { REGION_INSTANCES } from './function.ts';
import type { FunctionDescription } from './function.ts';

/** One running instance. One invocation an instance, as in FC 3.0's own runtimes. */
export interface Instance {
  readonly functionName: string;
  readonly reserved: boolean;
  readonly requestId: string;
  readonly abort: AbortController;
}

/** The running instances of each function, and who may start one more. */
export class Instances {
  readonly #running = new Set<Instance>();
  readonly #byFunction = new Map<string, number>();
  readonly #reservations = new Map<string, number>();
  #unreserved = 0;

  /** A reservation is taken from what the region has for all others. */
  reserve(fn: FunctionDescription): void {
    this.#reservations.set(fn.name, fn.reservedConcurrency ?? 0);
  }

  /** Takes a place, or null when there is none: looking and taking are one step, or two would find one free. */
  claim(fn: FunctionDescription, requestId: string): Instance | null {
    const { name: functionName, reservedConcurrency } = fn;
    const running = this.#byFunction.get(functionName) ?? 0;
    const reserved = reservedConcurrency !== null;
    if (reserved ? running >= reservedConcurrency : this.#unreserved >= this.#shared()) return null;
    const instance = { functionName, reserved, requestId, abort: new AbortController() };
    this.#running.add(instance);
    this.#byFunction.set(functionName, running + 1);
    if (!reserved) this.#unreserved += 1;
    return instance;
  }

  release(instance: Instance): void {
    if (!this.#running.delete(instance)) return;
    const { functionName, reserved } = instance;
    this.#byFunction.set(functionName, (this.#byFunction.get(functionName) ?? 1) - 1);
    if (!reserved) this.#unreserved -= 1;
  }

  /** Kills what runs and matches, as a host that fails does. Returns how many instances that were. */
  kill(which: { functionName?: string; requestId?: string }): number {
    const doomed = [...this.#running].filter(
      ({ functionName, requestId }) =>
        functionName === (which.functionName ?? functionName) &&
        requestId === (which.requestId ?? requestId),
    );
    for (const { abort } of doomed) abort.abort();
    return doomed.length;
  }

  #shared(): number {
    let reserved = 0;
    for (const count of this.#reservations.values()) reserved += count;
    return REGION_INSTANCES - reserved;
  }
}
