import type { Command } from '../core/command.ts';
import { jitterOf } from '../core/jitter.ts';
import { durationMs } from '../core/units.ts';
import type { DurationMs } from '../core/units.ts';
import type { Settings } from './settings.ts';
import { systemClock, systemRandom } from './system.ts';

/** Which function of which account waits, and how long it may run. */
export interface Waiting {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly timeoutMs: number;
}

/** A timer's run waits this long; every other begins at once. At most a quarter of the function's time. */
export function startDelayMs(
  command: Command,
  settings: Pick<Settings, 'jitterMs'>,
  { accountId, region, functionName, timeoutMs }: Waiting,
): DurationMs {
  if (!command.scheduled) return durationMs(0);
  const digest = systemRandom.sha256Hex(JSON.stringify([accountId, region, functionName]));
  return jitterOf(digest, durationMs(Math.min(settings.jitterMs, timeoutMs / 4)));
}

/** Waits before a timer's run, so that a fleet of accounts does not start in the same second. */
export async function waitToStart(delayMs: DurationMs, stop: AbortSignal): Promise<void> {
  if (delayMs > 0) await systemClock.sleep(delayMs, stop);
}
