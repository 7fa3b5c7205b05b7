import { epochMs } from './units.ts';
import type { EpochMs } from './units.ts';

/**
 * A maintenance window: when the wall clock of a time zone shows one of these times. `Intl` is no clock: it
 * only looks up the given instant in the time zone tables that come with Node.
 */
export interface Window {
  /** As it was written. */
  readonly text: string;
  readonly spans: readonly Span[];
}

interface Span {
  /** 0 is Sunday. The day on which the span opens. */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight; an end before the start is on the next day. */
  readonly start: number;
  readonly end: number;
  readonly timeZone: string;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const MINUTE_MS = 60_000;
/** Zones change their offset at full quarters of an hour only (time zone tables since 1972). */
const QUARTER = 15;
const MINUTES = Array.from({ length: QUARTER }, (_none, minute) => minute);
/** A weekly span can fall into the hour that a change of the clock leaves out, and then opens a week later. */
const LOOK_AHEAD_QUARTERS = (15 * DAY) / QUARTER;

const SPAN =
  /^(?:([A-Za-z,-]+) )?([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d) ([A-Za-z][A-Za-z0-9_+/-]*)$/;

/** The rule that a text breaks, as the second half of a sentence; null where it is a window. */
export function brokenWindowRule(text: string): string | null {
  return readWindow(text) === null
    ? 'must be windows such as "Sat,Sun 01:00-05:00 Asia/Shanghai", separated by ;'
    : null;
}

/** Throws where `brokenWindowRule` gives a rule. */
export function parseWindow(text: string): Window {
  const window = readWindow(text);
  if (window === null) throw new Error('not a maintenance window');
  return window;
}

function readWindow(text: string): Window | null {
  const spans = text.split(';').map((part) => readSpan(part.trim()));
  return spans.every((span) => span !== null) ? { text, spans } : null;
}

function readSpan(text: string): Span | null {
  const [, days, startHour, startMinute, endHour, endMinute, timeZone = ''] = SPAN.exec(text) ?? [];
  const start = Number(startHour) * 60 + Number(startMinute);
  const end = Number(endHour) * 60 + Number(endMinute);
  const named = days === undefined ? new Set(DAYS.keys()) : readDays(days);
  if (named === null || start === end || end > DAY || !isTimeZone(timeZone)) return null;
  return { days: named, start, end, timeZone };
}

/** `Sat,Sun`, `Mon-Fri`, and ranges over the end of the week. */
function readDays(text: string): ReadonlySet<number> | null {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const ends = part.split('-').map((name) => DAYS.findIndex((day) => day === name));
    const [first = -1, last = first] = ends;
    if (ends.length > 2 || ends.includes(-1)) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Whether every one of the windows is open. */
export function allOpen(windows: readonly Window[], now: EpochMs): boolean {
  return openMinute(windows.map(clockedSpans), now, [0]) !== null;
}

/** From when on all windows are open at once: `now` itself where they are; null where they never are. */
export function nextOpening(windows: readonly Window[], now: EpochMs): EpochMs | null {
  const clocked = windows.map(clockedSpans);
  const minute = Math.floor(now / MINUTE_MS);
  const first = minute - (minute % QUARTER);
  for (let quarter = 0; quarter <= LOOK_AHEAD_QUARTERS; quarter += 1) {
    const start = first + quarter * QUARTER;
    const left = MINUTES.slice(Math.max(0, minute - start));
    const later = openMinute(clocked, start * MINUTE_MS, left);
    if (later !== null) return epochMs(Math.max(now, (start + later) * MINUTE_MS));
  }
  return null;
}

/** The first of the minutes after an instant at which every window is open. */
function openMinute(
  windows: readonly (readonly ClockedSpan[])[],
  instant: number,
  minutes: readonly number[],
): number | null {
  const shown = windows.map((spans) =>
    spans.map(({ span, clock }) => ({ span, at: clock(instant) })),
  );
  const open = (later: number) =>
    shown.every((spans) => spans.some(({ span, at }) => contains(span, (at + later) % WEEK)));
  return minutes.find(open) ?? null;
}

interface ClockedSpan {
  readonly span: Span;
  /** What the wall clock of the span's zone shows, in minutes since the week began. */
  readonly clock: (instant: number) => number;
}

function clockedSpans({ spans }: Window): readonly ClockedSpan[] {
  return spans.map((span) => {
    // Making a format costs far more than using it.
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: span.timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const clock = (instant: number): number => {
      const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
      const day = DAYS.findIndex((name) => name === shown.get('weekday'));
      return day * DAY + Number(shown.get('hour')) * 60 + Number(shown.get('minute'));
    };
    return { span, clock };
  });
}

function contains({ days, start, end }: Span, clock: number): boolean {
  const day = Math.floor(clock / DAY);
  const minute = clock % DAY;
  if (start < end) return days.has(day) && minute >= start && minute < end;
  return (days.has(day) && minute >= start) || (days.has((day + 6) % 7) && minute < end);
}
