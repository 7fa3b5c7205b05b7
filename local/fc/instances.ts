import type { FunctionDescription } from './function.ts';

interface Instance {
  readonly functionName: string;
  readonly requestId: string;
  readonly abort: AbortController;
}

/** The running instances of each function. One invocation an instance, as in FC 3.0's own runtimes. */
export class Instances {
  readonly #running = new Set<Instance>();

  hasRoom(fn: FunctionDescription): boolean {
    const running = [...this.#running].filter(({ functionName }) => functionName === fn.name);
    return running.length < fn.reservedConcurrency;
  }

  /** The caller has seen that there is room. */
  async run<T>(
    of: { functionName: string; requestId: string },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const instance = { ...of, abort: new AbortController() };
    this.#running.add(instance);
    try {
      return await work(instance.abort.signal);
    } finally {
      this.#running.delete(instance);
    }
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
}
