import { describe, expect, test } from 'vitest';
import { epochMs } from '../../functions/core/units.ts';
import {
  allOpen,
  brokenWindowRule,
  nextOpening,
  parseWindow,
} from '../../functions/core/window.ts';

const at = (iso: string) => epochMs(Date.parse(iso));
const isOpen = (text: string, iso: string) => allOpen([parseWindow(text)], at(iso));
const opening = (text: string, iso: string): string | null => {
  const found = nextOpening([parseWindow(text)], at(iso));
  return found === null ? null : new Date(found).toISOString();
};

describe('a maintenance window', () => {
  const WEEKEND = 'Sat,Sun 01:00-05:00 Asia/Shanghai';

  // 2026-11-28 is a Saturday; Shanghai is eight hours ahead of UTC all year.
  test.each([
    ['a minute before', '2026-11-27T16:59:59Z', false],
    ['as it opens', '2026-11-27T17:00:00Z', true],
    ['in its last second', '2026-11-27T20:59:59.999Z', true],
    ['as it closes', '2026-11-27T21:00:00Z', false],
    ['on the next day', '2026-11-28T17:30:00Z', true],
    ['on a Monday', '2026-11-29T17:30:00Z', false],
  ])('%s', (_name, iso, open) => {
    expect(isOpen(WEEKEND, iso)).toBe(open);
  });

  test('over midnight it belongs to the day on which it opens', () => {
    const friday = 'Fri 22:00-04:00 UTC';
    expect(isOpen(friday, '2026-11-27T22:00:00Z')).toBe(true);
    expect(isOpen(friday, '2026-11-28T03:59:59Z')).toBe(true);
    expect(isOpen(friday, '2026-11-28T04:00:00Z')).toBe(false);
    expect(isOpen(friday, '2026-11-28T22:00:00Z')).toBe(false);
    expect(isOpen(friday, '2026-11-27T03:00:00Z')).toBe(false);
  });

  test('over the end of the week', () => {
    expect(isOpen('Sat-Mon 00:00-24:00 UTC', '2026-11-30T23:59:00Z')).toBe(true);
    expect(isOpen('Sat-Mon 00:00-24:00 UTC', '2026-12-01T00:00:00Z')).toBe(false);
    expect(isOpen('Sat 23:00-01:00 UTC', '2026-11-29T00:30:00Z')).toBe(true);
  });

  test('without days it is daily', () => {
    expect(opening('02:00-03:00 UTC', '2026-11-24T03:00:00Z')).toBe('2026-11-25T02:00:00.000Z');
  });

  test('of several, one has to be open', () => {
    const two = 'Mon-Fri 02:00-03:00 UTC; Sat,Sun 00:00-06:00 Europe/Berlin';
    expect(isOpen(two, '2026-11-27T02:30:00Z')).toBe(true);
    expect(isOpen(two, '2026-11-27T23:00:00Z')).toBe(true);
    expect(isOpen(two, '2026-11-27T22:59:00Z')).toBe(false);
  });

  test('opens now where it is open, else at its next beginning', () => {
    expect(opening(WEEKEND, '2026-11-27T18:12:34.567Z')).toBe('2026-11-27T18:12:34.567Z');
    expect(opening(WEEKEND, '2026-11-24T12:00:30Z')).toBe('2026-11-27T17:00:00.000Z');
    expect(opening('12:07-12:08 UTC', '2026-11-24T12:00:30Z')).toBe('2026-11-24T12:07:00.000Z');
  });

  test('two windows that never meet never open together', () => {
    const [early, late] = ['01:00-02:00 UTC', '03:00-04:00 UTC'].map(parseWindow);
    expect(nextOpening([early!, late!], at('2026-11-24T00:00:00Z'))).toBeNull();
    expect(nextOpening([], at('2026-11-24T00:00:00Z'))).toBe(at('2026-11-24T00:00:00Z'));
  });
});

describe('where the clock changes', () => {
  // Berlin goes from 02:00 to 03:00 on 2026-03-29 and from 03:00 back to 02:00 on 2026-10-25.
  test('what is left out opens with the hour after it', () => {
    expect(opening('02:30-03:30 Europe/Berlin', '2026-03-28T12:00:00Z')).toBe(
      '2026-03-29T01:00:00.000Z',
    );
    expect(isOpen('02:30-03:30 Europe/Berlin', '2026-03-29T00:59:59Z')).toBe(false);
  });

  test('a weekly span that is left out as a whole opens a week later', () => {
    expect(opening('Sun 02:00-03:00 Europe/Berlin', '2026-03-28T12:00:00Z')).toBe(
      '2026-04-05T00:00:00.000Z',
    );
  });

  test('what comes twice is open twice', () => {
    const short = 'Sun 02:15-02:45 Europe/Berlin';
    expect(opening(short, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:15:00.000Z');
    expect(opening(short, '2026-10-25T00:45:00Z')).toBe('2026-10-25T01:15:00.000Z');
    expect(opening(short, '2026-10-25T01:45:00Z')).toBe('2026-11-01T01:15:00.000Z');
  });
});

describe('what is no window', () => {
  test.each([
    '',
    'always',
    '01:00-05:00',
    'Sat 01:00-05:00',
    'Sat 1:00-5:00 UTC',
    'Sat 01:00-05:60 UTC',
    'Sat 24:00-05:00 UTC',
    'Sat 01:00-24:01 UTC',
    'Sat 01:00-01:00 UTC',
    'Samstag 01:00-05:00 UTC',
    'Sat- 01:00-05:00 UTC',
    'Mon-Wed-Fri 01:00-05:00 UTC',
    'sat 01:00-05:00 UTC',
    'Sat, Sun 01:00-05:00 UTC',
    'Sat 01:00-05:00 Asia/Nowhere',
    'Sat 01:00-05:00 UTC;',
    'Sat 01:00-05:00 UTC and more',
  ])('%j', (text) => {
    expect(brokenWindowRule(text)).toContain('must be windows such as');
    expect(() => parseWindow(text)).toThrow('not a maintenance window');
  });
});
