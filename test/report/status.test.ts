import { describe, expect, test } from 'vitest';
import { epochMs } from '../../functions/core/units.ts';
import { statusData, statusText } from '../../functions/report/status-data.ts';
import { rotation } from '../core/builders.ts';
import { NOW, prepared } from './prepared.ts';

const DAY_MS = 86_400_000;

test('a secret shows its labelled versions, their ages and when the next keys are due', () => {
  const document = rotation(undefined, { rotateEveryDays: 90 });
  const status = statusData(prepared({ document }), NOW);
  expect(status.secrets).toEqual([
    {
      name: 'psk/a',
      versions: [
        { versionId: 'v1', labels: ['ACSCurrent'], ageDays: 60 },
        { versionId: 'v2', labels: ['KeyturnNext'], ageDays: 0 },
      ],
      waiting: null,
      held: null,
      // 30 days after now: 90 days after v1, which is 60 days old.
      nextDue: '2026-12-23T00:00:00.000Z',
    },
  ]);
});

test('an age is counted in whole days that have passed', () => {
  const later = epochMs(NOW + DAY_MS - 1);
  expect(statusData(prepared(), later).secrets[0]?.versions[1]?.ageDays).toBe(0);
});

test('without a rhythm no keys are ever due', () => {
  expect(statusData(prepared(), NOW).secrets[0]?.nextDue).toBeNull();
});

test('a group shows its verdict and how many steps are open', () => {
  expect(statusData(prepared(), NOW).groups).toMatchObject([
    { id: 'cn-hangzhou/vpn-1/cgw-1', verdict: 'ready', openSteps: 2 },
  ]);
});

describe.each([80, 160])('in %i columns', (width) => {
  const document = rotation(undefined, { handover: { mode: 'acknowledged' } });
  const text = statusText(statusData(prepared({ document }), NOW), { colour: false, width });

  test('no line is wider than the terminal', () => {
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
  });

  test('what a secret waits for is said', () => {
    expect(text).toContain('  peer-not-ready: version v2');
    expect(text).toMatch(/^cn-hangzhou\/vpn-1\/cgw-1 +waiting peer-not-ready$/m);
  });
});
