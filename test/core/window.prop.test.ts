import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs } from '../../functions/core/units.ts';
import { allOpen, nextOpening, parseWindow } from '../../functions/core/window.ts';

const MINUTE_MS = 60_000;
const YEAR_START = Date.UTC(2026, 0, 1);
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** North and south, half and quarter hours, a change of half an hour, a change at midnight, none at all. */
const ZONES = [
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Asia/Kathmandu',
  'America/Santiago',
  'Africa/Casablanca',
  'UTC',
];

interface Drawn {
  readonly text: string;
  readonly days: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly zone: string;
}

const clock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    days: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }),
    start: fc.nat(1439),
    length: fc.integer({ min: 1, max: 1439 }),
    zone: fc.constantFrom(...ZONES),
  })
  .map(({ days, start, length, zone }) => {
    const end = (start + length) % 1440;
    const names = days.map((day) => DAYS[day]).join(',');
    return { text: `${names} ${clock(start)}-${clock(end)} ${zone}`, days, start, end, zone };
  });

const instant = fc.nat(365 * 24 * 60 - 1).map((minute) => YEAR_START + minute * MINUTE_MS);

/** Read off a printed local date, in a way of its own. */
function opensByCalendar({ days, start, end, zone }: Drawn, time: number): boolean {
  const [date = '', hours = ''] = new Date(time)
    .toLocaleString('sv-SE', { timeZone: zone })
    .split(' ');
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const [hour = 0, minute = 0] = hours.split(':').map(Number);
  const now = hour * 60 + minute;
  const yesterday = (weekday + 6) % 7;
  if (start < end) return days.includes(weekday) && start <= now && now < end;
  return (days.includes(weekday) && now >= start) || (days.includes(yesterday) && now < end);
}

describe('over a year and nine zones', () => {
  test('a window is open when a calendar of its zone says so', () => {
    fc.assert(
      fc.property(drawn, instant, (window, time) => {
        expect(allOpen([parseWindow(window.text)], epochMs(time))).toBe(
          opensByCalendar(window, time),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('the next opening is open, and nothing between is', () => {
    fc.assert(
      fc.property(drawn, instant, fc.integer({ min: 1, max: 500 }), (window, time, share) => {
        const parsed = parseWindow(window.text);
        const opening = nextOpening([parsed], epochMs(time)) ?? Number.NaN;
        expect(opening).toBeGreaterThanOrEqual(time);
        expect(opensByCalendar(window, opening)).toBe(true);
        // The last minute before it, and a minute somewhere on the way.
        const between = time + Math.floor(((opening - time) * share) / 501 / MINUTE_MS) * MINUTE_MS;
        const open = [opening - MINUTE_MS, between]
          .filter((earlier) => earlier >= time && earlier < opening)
          .filter((earlier) => opensByCalendar(window, earlier));
        expect(open).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('two windows open together where both are open, and not before', () => {
    fc.assert(
      fc.property(drawn, drawn, instant, (one, two, time) => {
        const windows = [parseWindow(one.text), parseWindow(two.text)];
        const opening = nextOpening(windows, epochMs(time));
        if (opening === null) return;
        expect([one, two].map((window) => opensByCalendar(window, opening))).toEqual([true, true]);
        const earlier = opening - MINUTE_MS;
        if (earlier < time) return;
        expect([one, two].every((window) => opensByCalendar(window, earlier))).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
