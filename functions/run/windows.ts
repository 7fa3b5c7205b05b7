import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { allOpen, nextOpening } from '../core/window.ts';
import type { Window } from '../core/window.ts';
import type { Run } from './context.ts';
import { isoTime } from './iso-time.ts';

/** Why nothing may be begun now: the run's window or one of these is closed. Null: all are open, or ignored. */
export function closedWindow(run: Run, windows: readonly Window[]): Reason | null {
  const { window, ignoreWindow } = run.options;
  const all = [...(window === null ? [] : [window]), ...windows];
  const now = run.ports.clock.now();
  if (ignoreWindow || allOpen(all, now)) return null;
  const opening = nextOpening(all, now);
  const when = opening === null ? 'never open together' : `opens ${isoTime(opening)}`;
  return reason('outside-window', `${when}: ${all.map(({ text }) => text).join(' and ')}`);
}
