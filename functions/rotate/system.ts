import { createHash, randomBytes } from 'node:crypto';
import { epochMs } from '../core/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  sleep: (length, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, length);
      signal?.addEventListener('abort', wake, { once: true });
    }),
};

/**
 * The machine's clock for one run: never less than what has passed since it was made, so that a clock set
 * back meanwhile keeps no wait from ending. What it jumps ahead by counts, as after a standstill: a lease
 * may be over. `uptime` is in milliseconds since any instant and only grows; not `performance`, which the
 * build takes for the wall clock to spare its loading.
 */
export function steadyClock(
  wall: () => number = () => Date.now(),
  uptime: () => number = () => process.uptime() * 1000,
): Clock {
  let told = wall();
  let at = uptime();
  return {
    ...systemClock,
    now: () => {
      const passed = uptime() - at;
      at += passed;
      told = Math.max(told + passed, wall());
      return epochMs(Math.floor(told));
    },
  };
}

/** The machine's randomness and SHA-256. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};
