/* oxlint-disable no-restricted-globals -- formats and parses given instants; never reads the clock */
import { epochMs } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';

/** `2026-11-23T23:40:00.000Z`. */
export function isoTime(instant: EpochMs): string {
  return new Date(instant).toISOString();
}

/** Reads an ISO 8601 instant; NaN where it is none. */
export function parseInstant(text: string): EpochMs {
  return epochMs(Date.parse(text));
}
