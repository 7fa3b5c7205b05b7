import { createHash } from 'node:crypto';
import { epochMs } from '../../functions/core/units.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Random } from '../../functions/ports/random.ts';
import type { CloudClock } from '../../local/clock.ts';
import type { Prng } from '../../local/prng.ts';
import type { Life } from './transport.ts';

const FOREVER = new Promise<never>(() => undefined);

/** The engine's clock over the cloud's own; a process that was killed never wakes. */
export function clockOf(clock: CloudClock, life: Life): Clock {
  return {
    now: () => epochMs(clock.now()),
    sleep: async (length, signal) => {
      if (life.over) return FOREVER;
      let wake = (): void => undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      signal?.addEventListener('abort', wake, { once: true });
      if (!signal?.aborted) await Promise.race([clock.sleep(length), woken]);
      signal?.removeEventListener('abort', wake);
      return life.over ? FOREVER : undefined;
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
