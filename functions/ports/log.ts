import type { RunEvent } from '../core/events.ts';

/** Takes every event of a run in order. Must not throw. */
export interface Log {
  event(event: RunEvent): void;
}
