import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import { epochMs } from '../../functions/core/units.ts';
import { statusData } from '../../functions/report/status-data.ts';
import { statusText } from '../../functions/report/status-text.ts';
import { NEW, connection, fleet, readable, rotation, withTunnels } from '../core/builders.ts';
import { NOW, prepared } from './prepared.ts';
import type { Given } from './prepared.ts';

const DAY_MS = 86_400_000;

const standing = (given: Given = {}, now = NOW) => {
  const [secret] = statusData(prepared(given), now).secrets;
  return { waitsFor: secret?.waitsFor, progress: secret?.progress, code: secret?.reason?.code };
};

test('a secret shows its labelled versions, their ages and when the next keys are due', () => {
  const document = rotation(undefined, { rotateEveryDays: 90 });
  const status = statusData(prepared({ document }), NOW);
  expect(status.secrets).toEqual([
    {
      name: 'psk/a',
      groups: ['cn-hangzhou/vpn-1/cgw-1'],
      current: { versionId: 'v1', ageDays: 60 },
      next: { versionId: 'v2', ageDays: 0 },
      previous: null,
      versions: [
        { versionId: 'v1', labels: ['ACSCurrent'], ageDays: 60 },
        { versionId: 'v2', labels: ['KeyturnNext'], ageDays: 0 },
      ],
      waiting: null,
      held: null,
      // 30 days after now: 90 days after v1, which is 60 days old.
      nextDue: '2026-12-23T00:00:00.000Z',
      dueInDays: 30,
      waitsFor: 'next-run',
      progress: 'not-begun',
      reason: null,
    },
  ]);
});

test('an age is counted in whole days that have passed', () => {
  const later = epochMs(NOW + DAY_MS - 1);
  expect(statusData(prepared(), later).secrets[0]?.versions[1]?.ageDays).toBe(0);
});

test('without a rhythm no keys are ever due', () => {
  expect(statusData(prepared(), NOW).secrets[0]).toMatchObject({ nextDue: null, dueInDays: null });
});

test('a group shows its verdict and how many steps are open', () => {
  expect(statusData(prepared(), NOW).groups).toMatchObject([
    { id: 'cn-hangzhou/vpn-1/cgw-1', verdict: 'ready', openSteps: 2 },
  ]);
});

describe('who is waited for, and how far it got', () => {
  const allNew = fleet(withTunnels(connection(), () => ({ key: readable(NEW) })));
  const slaveNew = fleet(
    withTunnels(connection(), ({ role }) => (role === 'slave' ? { key: readable(NEW) } : {})),
  );
  const onlyMasterUp = fleet(
    withTunnels(connection(), ({ role }) => ({ sa: role === 'slave' ? 'down' : 'up' })),
  );
  const masked = fleet(withTunnels(connection(), () => ({ key: { kind: 'masked' } })));
  const current = [
    { versionId: 'v2', labels: ['ACSCurrent'], createdAt: epochMs(NOW - 91 * DAY_MS) },
  ];
  const held = [
    ...current,
    { versionId: 'v2', labels: ['KeyturnNext', 'KeyturnHeld'], createdAt: NOW },
  ].slice(1);

  test.each<readonly [string, Given, ReturnType<typeof standing>]>([
    [
      'a next version that nothing holds',
      {},
      { waitsFor: 'next-run', progress: 'not-begun', code: undefined },
    ],
    [
      'a run that was killed',
      { world: slaveNew },
      { waitsFor: 'next-run', progress: 'under-way', code: undefined },
    ],
    [
      'everything in place',
      { world: allNew, versions: current },
      { waitsFor: 'nobody', progress: 'converged', code: undefined },
    ],
    [
      'keys that are due',
      { world: allNew, versions: current, document: rotation(undefined, { rotateEveryDays: 90 }) },
      { waitsFor: 'next-run', progress: 'converged', code: undefined },
    ],
    [
      'an acknowledgement',
      { document: rotation(undefined, { handover: { mode: 'acknowledged' } }) },
      { waitsFor: 'far-end', progress: 'not-begun', code: 'peer-not-ready' },
    ],
    [
      'a time to come',
      {
        document: rotation(undefined, {
          handover: { mode: 'scheduled', notBefore: '2027-01-01T00:00:00Z' },
        }),
      },
      { waitsFor: 'time', progress: 'not-begun', code: 'not-before' },
    ],
    [
      'a check',
      { world: onlyMasterUp },
      { waitsFor: 'person', progress: 'not-begun', code: 'no-second-path' },
    ],
    [
      'a version that failed',
      { versions: held },
      { waitsFor: 'person', progress: 'failed', code: 'held' },
    ],
    [
      'keys that cannot be read',
      { world: masked, versions: current },
      { waitsFor: 'nobody', progress: 'unknown', code: undefined },
    ],
  ])('%s', (_, given, expected) => expect(standing(given)).toEqual(expected));
});

describe.each([80, 160])('in %i columns', (width) => {
  const document = rotation(undefined, { handover: { mode: 'acknowledged' } });
  const data = statusData(prepared({ document }), NOW);
  const unusable = [{ name: 'psk/\u001B[2J'.padEnd(200, 'x'), reason: reason('no-version') }];
  const text = statusText({ ...data, unusable }, { colour: false, width });

  test('no line is wider than the terminal, and none steers it', () => {
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
    expect(text).not.toContain('\u001B');
  });

  test('a secret has one row, and what it waits for its remedy', () => {
    expect(text).toMatch(/^▸ psk\/a +v1, 60 d +v2, 0 d +by hand +not begun +the far end$/m);
    expect(text).toMatch(/^peer-not-ready$/m);
    expect(text).toContain('2 secrets, 2 waiting, oldest key 60 d.');
  });

  test('version ids of any length leave the columns where they are', () => {
    const long = { versionId: `keyturn-next-${'0123456789abcdef'.repeat(2)}`, ageDays: 3 };
    const secrets = data.secrets.map((secret) => ({ ...secret, next: long }));
    const lines = statusText({ ...data, secrets }, { colour: false, width }).split('\n');
    const at = lines[0]?.indexOf('waits for') ?? -1;
    expect(at).toBeGreaterThan(0);
    expect(lines[1]?.slice(at)).toBe('the far end');
  });
});
