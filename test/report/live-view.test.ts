import { describe, expect, test } from 'vitest';
import type { RunEvent, StepPhase } from '../../functions/core/events.ts';
import { epochMs } from '../../functions/core/units.ts';
import { LiveView } from '../../functions/report/live-view.ts';

const REGION = 'cn-hangzhou';
const PLAIN = { colour: false, width: 80, height: 24 };
const groupNumber = (number: number): string => `cn-hangzhou/vpn-1/cgw-${number}`;
const GROUP = groupNumber(1);

const tunnelAt = (index: number) => ({
  regionId: REGION,
  vpnConnectionId: 'vco-a',
  tunnelId: `tun-${index}`,
});

function planned(tunnels: number, group = GROUP): RunEvent {
  const steps = Array.from({ length: tunnels }, (_, index) => ({
    ...tunnelAt(index),
    role: 'slave',
  }));
  return { kind: 'group-planned', group, verdict: 'ready', reason: 'ready', steps };
}

function step(
  index: number,
  phase: StepPhase,
  changes: Partial<Extract<RunEvent, { kind: 'step' }>> = {},
): RunEvent {
  const tunnel = tunnelAt(index);
  return { kind: 'step', group: GROUP, tunnel, direction: 'apply', phase, detail: '', ...changes };
}

const finished = (verdict: string, group = GROUP): RunEvent => ({
  kind: 'group-finished',
  group,
  verdict,
  reason: verdict === 'converged' ? 'rotated' : 'proof-timeout',
});

/** One event each second. */
function framesOf(events: readonly RunEvent[], size = PLAIN): readonly string[] {
  const view = new LiveView();
  for (const [at, event] of events.entries()) view.seen(event, epochMs(at * 1000));
  return view
    .frame(size, epochMs(events.length * 1000))
    .map((line) => line.replace(/ {3,}/g, '  ').trimEnd());
}

test('every group has one row: how far it is and what happens to it now', () => {
  expect(
    framesOf([
      { kind: 'run-started', runId: 'run_1', secrets: ['psk/a'] },
      planned(3),
      planned(2, groupNumber(2)),
      planned(1, groupNumber(3)),
      step(0, 'done', { group: groupNumber(3) }),
      finished('converged', groupNumber(3)),
      step(0, 'done', { detail: 'proven' }),
      step(1, 'settling'),
    ]),
  ).toEqual([
    '0:08  2/6 tunnels, 1/3 groups',
    '◌ cn-hangzhou/vpn-1/cgw-1  1/3  settling tun-1',
    '· cn-hangzhou/vpn-1/cgw-2  0/2  planned',
    '✔ cn-hangzhou/vpn-1/cgw-3  1/1  converged',
  ]);
});

test('before anything is planned it says that it reads', () => {
  expect(framesOf([{ kind: 'run-started', runId: 'run_1', secrets: [] }])).toEqual([
    '0:01  reading gateways, connections and secrets',
  ]);
});

test('how long it may still take is said once enough is done, and no longer than it takes', () => {
  const done = (index: number): RunEvent => step(index, 'done');
  const heading = (count: number): string | undefined =>
    framesOf([planned(10), ...Array.from({ length: count }, (_, index) => done(index))])[0];
  expect(heading(2)).toBe('0:03  2/10 tunnels, 0/1 groups');
  // Five in the five seconds since the first: five more.
  expect(heading(5)).toBe('0:06  5/10 tunnels, 0/1 groups, about 5 s left');
  expect(heading(10)).toBe('0:11  10/10 tunnels, 0/1 groups');
});

test('a tunnel that goes back says so', () => {
  const rows = framesOf([planned(1), step(0, 'writing', { direction: 'restore' })]);
  expect(rows.at(-1)).toContain('restore: writing tun-0');
});

test('what works beside the row’s own tunnel is counted', () => {
  const rows = framesOf([planned(3), step(0, 'proving'), step(1, 'writing'), step(2, 'settling')]);
  expect(rows.at(-1)).toContain('settling tun-2 and 2 more');
});

test('a group that ends badly says how and why', () => {
  expect(framesOf([planned(2), step(0, 'failed'), finished('restored')]).at(-1)).toBe(
    '✖ cn-hangzhou/vpn-1/cgw-1  0/2  restored (proof-timeout)',
  );
});

test('a group that is not worked on has no row', () => {
  const blocked: RunEvent = {
    kind: 'group-planned',
    group: GROUP,
    verdict: 'blocked',
    reason: 'group-incomplete',
    steps: [{ ...tunnelAt(0), role: 'slave' }],
  };
  expect(framesOf([blocked])).toHaveLength(1);
});

test('the latest warning stays in sight', () => {
  expect(
    framesOf([{ kind: 'warning', code: 'no-lease', message: 'There is no lease.' }]),
  ).toContain('! no-lease: There is no lease.');
});

describe('more groups than the terminal has lines', () => {
  const events = [
    ...Array.from({ length: 10 }, (_, number) => planned(1, groupNumber(number))),
    step(0, 'done', { group: groupNumber(1) }),
    finished('converged', groupNumber(1)),
    step(0, 'proving', { group: groupNumber(8) }),
    step(0, 'failed', { group: groupNumber(9) }),
  ];
  const lines = framesOf(events, { ...PLAIN, height: 5 });

  test('those that fail or move are kept, in the order of the plan', () => {
    expect(lines.slice(1).map((line) => line.trim().split(/\s+/).slice(0, 2).join(' '))).toEqual([
      `· ${groupNumber(0)}`,
      `◉ ${groupNumber(8)}`,
      `✖ ${groupNumber(9)}`,
      '… and',
    ]);
  });

  test('how many are hidden is said', () => expect(lines.at(-1)).toBe('  … and 7 more groups'));

  test.each([1, 2, 3, 11, 12])('a frame for %i lines has no more', (height) => {
    expect(framesOf(events, { ...PLAIN, height }).length).toBeLessThanOrEqual(height);
  });
});

test.each([40, 80, 160])(
  'no line is wider than %i columns, and none steers the terminal',
  (width) => {
    const view = new LiveView();
    const events: readonly RunEvent[] = [
      { kind: 'warning', code: 'unproven', message: 'x\u001B[2J'.repeat(99) },
      planned(1),
      step(0, 'failed', { detail: '\u001B[2J'.repeat(99) }),
    ];
    for (const event of events) view.seen(event, epochMs(0));
    const text = view.frame({ ...PLAIN, width }, epochMs(0));
    for (const line of text) expect(Array.from(line).length).toBeLessThanOrEqual(width);
    expect(text.join('\n')).not.toContain('\u001B');
  },
);
