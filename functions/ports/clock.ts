import type { DurationMs, EpochMs } from '../core/units.ts';

export interface Clock {
  now(): EpochMs;
  /** Resolves after `length`, or at once when `signal` aborts; never rejects. */
  sleep(length: DurationMs, signal?: AbortSignal): Promise<void>;
}
