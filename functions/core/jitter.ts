import { durationMs } from './units.ts';
import type { DurationMs } from './units.ts';

/**
 * How much later than its timer a run begins: spread evenly below `limit` over accounts and functions, and
 * the same every night for one of them. `digest` is the hexadecimal SHA-256 of what tells them apart.
 */
export function jitterOf(digest: string, limit: DurationMs): DurationMs {
  const share = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
  return durationMs(Math.floor(share * limit));
}
