import pRetry from 'p-retry';
import type { Failure, Outcome } from '../core/failure.ts';
import { after, durationMs } from '../core/units.ts';
import type { DurationMs } from '../core/units.ts';
import { waitsEnd } from './context.ts';
import type { Run } from './context.ts';
import { warn } from './warn.ts';

/** Carries a value that asks for another attempt through p-retry. */
class Again extends Error {
  readonly attempt: Attempt<unknown>;

  constructor(attempt: Attempt<unknown>) {
    super('again');
    this.name = 'Again';
    this.attempt = attempt;
  }
}

/** An attempt's end: for good, or for another one, after a growing pause (the default) or at once. */
export type Attempt<T> =
  | { readonly again: false; readonly value: T }
  | { readonly again: 'at-once'; readonly value: T }
  | { readonly again: 'later'; readonly value: T; readonly atLeastMs: number };

/**
 * Repeats `attempt` until it does not ask for another one, `attempts` are used up, or a pause would last
 * into the time that the process needs for its report, and gives back its last value. Waits between attempts
 * through the run's clock: p-retry's own delay stays at 0, so that a virtual clock rules.
 */
export async function repeat<T>(
  run: Run,
  attempts: number,
  attempt: (number: number) => Promise<Attempt<T>>,
): Promise<T> {
  try {
    return await pRetry(
      async (number) => {
        const result = await attempt(number);
        if (result.again !== false) throw new Again(result);
        return result.value;
      },
      {
        retries: attempts - 1,
        minTimeout: 0,
        maxTimeout: 0,
        shouldRetry: ({ error }) => error instanceof Again,
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (!(error instanceof Again) || retriesLeft === 0) return;
          if (error.attempt.again !== 'later') return;
          const { clock } = run.ports;
          const pause = backoff(run, attemptNumber, error.attempt.atLeastMs);
          const next = after(clock.now(), pause);
          // A process that is killed while it waits tells nobody how far it came.
          if (waitsEnd(run, next) < next) throw error;
          await clock.sleep(pause);
        },
      },
    );
  } catch (error) {
    if (error instanceof Again) return error.attempt.value as T;
    throw error;
  }
}

/** Doubling pause with jitter over its upper half; what the service asks for counts as the least. */
export function backoff(run: Run, attempt: number, atLeastMs: number): DurationMs {
  const { backoffMinMs, backoffMaxMs } = run.options;
  const full = Math.min(backoffMaxMs, backoffMinMs * 2 ** (attempt - 1));
  const jittered = full / 2 + (full / 2) * run.ports.random.fraction();
  return durationMs(Math.round(Math.max(jittered, atLeastMs)));
}

/** Failures that a read, or a call that may be repeated as it is, gets over by waiting. */
export function isPassing(outcome: Failure): boolean {
  switch (outcome.kind) {
    case 'busy':
    case 'throttled':
    case 'tokenInProgress':
    case 'unknown':
      return true;
    case 'notFound':
    case 'denied':
    case 'refused':
      return false;
  }
}

/** An endpoint that refuses connections is tried for a minute; it is named as soon as it happens again. */
const NAMED_AT = 2;

function nameUnreachable(run: Run, { error }: Failure): void {
  if (error.code !== 'Network.Unreachable') return;
  warn(run, 'endpoint-unreachable', `${error.operation} is tried again.`);
}

/** A read, repeated while it fails in passing. Gives the last outcome. */
export function reliably<T>(run: Run, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  return repeat(run, run.options.attempts, async (attempt) => {
    const outcome = await call();
    if (outcome.kind === 'ok' || !isPassing(outcome)) return { again: false, value: outcome };
    if (attempt === NAMED_AT) nameUnreachable(run, outcome);
    return { again: 'later', value: outcome, atLeastMs: retryAfter(outcome) };
  });
}

export function retryAfter(failure: Failure): number {
  return failure.kind === 'throttled' ? (failure.retryAfterMs ?? 0) : 0;
}
