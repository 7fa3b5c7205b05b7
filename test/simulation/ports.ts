import { createHash } from 'node:crypto';
import { epochMs } from '../../functions/core/units.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Random } from '../../functions/ports/random.ts';
import type { CloudClock } from '../../local/clock.ts';
import type { Prng } from '../../local/prng.ts';
import type { Life } from './transport.ts';

/** What a dead process waits for. Never the same one, which would hold on to all who wait for it. */
export const forever = (): Promise<never> => new Promise(() => undefined);

/** The engine's clock over the cloud's own; a process that was killed never wakes. */
export function clockOf(clock: CloudClock, life: Life): Clock {
  return {
    now: () => epochMs(clock.now()),
    sleep: async (length, signal) => {
      if (life.over) return forever();
      let wake = (): void => undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      signal?.addEventListener('abort', wake, { once: true });
      if (!signal?.aborted) await Promise.race([clock.sleep(length), woken]);
      signal?.removeEventListener('abort', wake);
      return life.over ? forever() : undefined;
    },
  };
}

export function randomOf(prng: Prng): Random {
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => prng.uint32() & 255),
    fraction: () => prng.uint32() / 2 ** 32,
    sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
  };
}
