import { describe, expect, test } from 'vitest';
import { parseEvent } from '../../functions/core/command.ts';
import { seconds } from '../../functions/core/units.ts';
import { readSettings } from '../../functions/rotate/settings.ts';
import { startDelayMs } from '../../functions/rotate/start-delay.ts';

/** What is said of settings that are refused. */
function refusalOf(env: Readonly<Record<string, string>>): string {
  try {
    readSettings(env);
    return 'taken';
  } catch (error) {
    return String(error);
  }
}

describe('KEYTURN_WINDOW', () => {
  test('is read, or there is none', () => {
    const text = 'Sat,Sun 01:00-05:00 Asia/Shanghai';
    expect(readSettings({ KEYTURN_WINDOW: text }).window).toMatchObject({ text });
    expect(readSettings({ KEYTURN_WINDOW: '' }).window).toBeNull();
    expect(readSettings({}).window).toBeNull();
  });

  test('is refused without its value', () => {
    const refusal = refusalOf({ KEYTURN_WINDOW: 'at night' });
    expect(refusal).toMatch(/setting-invalid: .* KEYTURN_WINDOW must be/);
    expect(refusal).not.toContain('at night');
  });
});

describe('KEYTURN_JITTER_SECONDS', () => {
  test.each([
    ['', 0],
    ['0', 0],
    ['900', 900_000],
  ])('%j', (text, milliseconds) => {
    expect(readSettings({ KEYTURN_JITTER_SECONDS: text }).jitterMs).toBe(milliseconds);
  });

  test.each(['901', '-1', '1.5', '1e2', 'ten'])('%j is refused', (text) => {
    expect(refusalOf({ KEYTURN_JITTER_SECONDS: text })).toContain('KEYTURN_JITTER_SECONDS must be');
  });
});

describe('a run begins later', () => {
  const nightly = parseEvent('{"triggerTime":"2030-01-01T00:00:00Z","triggerName":"nightly"}');
  const here = {
    accountId: '1',
    region: 'cn-hangzhou',
    functionName: 'keyturn-rotate',
    timeoutMs: 3_600_000,
  };
  const settings = { jitterMs: seconds(900) };

  test('when a timer starts it, for each account and function at its own moment', () => {
    const delay = startDelayMs(nightly, settings, here);
    expect(delay).toBeGreaterThan(0);
    expect(startDelayMs(nightly, settings, here)).toBe(delay);
    expect(startDelayMs(nightly, settings, { ...here, accountId: '2' })).not.toBe(delay);
    expect(startDelayMs(nightly, settings, { ...here, region: 'cn-beijing' })).not.toBe(delay);
    expect(startDelayMs(nightly, settings, { ...here, functionName: 'other' })).not.toBe(delay);
  });

  test('never by more than a quarter of its time', () => {
    expect(startDelayMs(nightly, settings, { ...here, timeoutMs: 40 })).toBeLessThan(10);
  });

  test('not where somebody waits for it, nor where nothing is set', () => {
    expect(startDelayMs(parseEvent('{}'), settings, here)).toBe(0);
    expect(startDelayMs(nightly, { jitterMs: seconds(0) }, here)).toBe(0);
  });
});

describe('KEYTURN_FAILURE_BUDGET', () => {
  test.each([
    ['', 3],
    ['1', 1],
    ['9999', 9999],
  ])('%j is %i groups', (text, groups) => {
    expect(readSettings({ KEYTURN_FAILURE_BUDGET: text }).failureBudget).toBe(groups);
  });

  test.each(['0', '-1', '1.5', '10000', 'three'])('%j is refused', (text) => {
    expect(refusalOf({ KEYTURN_FAILURE_BUDGET: text })).toContain(
      'KEYTURN_FAILURE_BUDGET must be a whole number from 1 to 9999',
    );
  });
});
