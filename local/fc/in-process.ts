/**
 * Runs functions as handlers of this process: for simulations and benchmarks in virtual time, where a
 * process of its own would live in real time. What is not the same: no memory limit, no environment, and a
 * handler that is killed is only told so by its signal; whatever it still does is its caller's affair.
 */
import { contextOf } from './context.ts';
import type { FunctionContext } from './context.ts';
import type { Ending, Execute } from './execution.ts';
import { describe, encode } from './handler.ts';

export type InProcessHandler = (
  event: Buffer,
  context: FunctionContext,
  signal: AbortSignal,
) => Promise<unknown>;

export function inProcess(options: {
  readonly sleep: (ms: number) => Promise<void>;
  /** By the function's name. */
  readonly handlers: ReadonlyMap<string, InProcessHandler>;
}): Execute {
  return async (execution, killed) => {
    const { function: fn, event } = execution;
    const handler = options.handlers.get(fn.name);
    if (handler === undefined) throw new Error(`function ${fn.name} has no handler`);
    const stop = new AbortController();
    const run = async (): Promise<Ending> => {
      try {
        const value = await handler(event, contextOf(execution), stop.signal);
        return { kind: 'returned', body: encode(value) };
      } catch (error) {
        return { kind: 'failed', error: describe(error) };
      }
    };
    const failed = (errorMessage: string): Ending => ({ kind: 'failed', error: { errorMessage } });
    const death = new Promise<Ending>((resolve) => {
      const die = (): void =>
        resolve(failed('Process exited unexpectedly before completing request'));
      if (killed.aborted) die();
      killed.addEventListener('abort', die, { once: true });
    });
    const timeout = options
      .sleep(fn.timeoutSeconds * 1_000)
      .then(() => failed(`Function time out after ${fn.timeoutSeconds} seconds`));
    const ending = await Promise.race([run(), death, timeout]);
    stop.abort();
    return { ending, logs: '', maxMemoryMb: 0 };
  };
}
