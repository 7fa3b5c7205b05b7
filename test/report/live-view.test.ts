import { describe, expect, test } from 'vitest';
import type { RunEvent, StepPhase } from '../../functions/core/events.ts';
import { EMPTY_VIEW, frame, seen } from '../../functions/report/live-view.ts';

const REGION = 'cn-hangzhou';
const GROUP = 'cn-hangzhou/vpn-1/cgw-1';
const PLAIN = { colour: false, width: 80, height: 24 };

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

const viewOf = (...events: readonly RunEvent[]) => events.reduce(seen, EMPTY_VIEW);

test('every tunnel of the plan has a row with what happens to it', () => {
  const view = viewOf(
    { kind: 'run-started', runId: 'run_1', secrets: ['psk/a'] },
    planned(3),
    step(0, 'done', { detail: 'proven' }),
    step(1, 'settling'),
  );
  expect(frame(view, PLAIN).map((line) => line.replace(/ {3,}/g, '  '))).toEqual([
    'run_1  0/1 groups, 1/3 tunnels, 0 promoted',
    '✔ cn-hangzhou/vco-a/tun-0  done (proven)',
    '◌ cn-hangzhou/vco-a/tun-1  settling',
    '· cn-hangzhou/vco-a/tun-2  planned',
  ]);
});

test('a tunnel that goes back says so', () => {
  const rows = frame(viewOf(planned(1), step(0, 'writing', { direction: 'restore' })), PLAIN);
  expect(rows.at(-1)).toContain('restore: writing');
});

test('what a finished group did not get to is no longer shown as planned', () => {
  const view = viewOf(planned(2), step(0, 'failed'), {
    kind: 'group-finished',
    group: GROUP,
    verdict: 'blocked',
    reason: 'refused',
  });
  expect(frame(view, PLAIN).map((line) => line.split(' ')[0])).toEqual(['', '✖']);
});

test('a group that is not worked on has no rows', () => {
  const view = viewOf({
    kind: 'group-planned',
    group: GROUP,
    verdict: 'blocked',
    reason: 'group-incomplete',
    steps: [{ ...tunnelAt(0), role: 'slave' }],
  });
  expect(view.rows.size).toBe(0);
});

test('the latest warning stays in sight', () => {
  const view = viewOf({ kind: 'warning', code: 'no-lease', message: 'There is no lease.' });
  expect(frame(view, PLAIN)).toContain('! no-lease: There is no lease.');
});

describe('more tunnels than the terminal has lines', () => {
  const view = viewOf(planned(10), step(1, 'done'), step(8, 'proving'), step(9, 'failed'));
  const lines = frame(view, { ...PLAIN, height: 5 });

  test('those that fail or move are kept, in the order of the plan', () => {
    expect(lines.slice(1).map((line) => line.trim().split(/\s+/).slice(0, 2).join(' '))).toEqual([
      '· cn-hangzhou/vco-a/tun-0',
      '◉ cn-hangzhou/vco-a/tun-8',
      '✖ cn-hangzhou/vco-a/tun-9',
      '… and',
    ]);
  });

  test('how many are hidden is said', () => expect(lines.at(-1)).toBe('  … and 7 more'));

  test.each([1, 2, 3, 11, 12])('a frame for %i lines has no more', (height) => {
    expect(frame(view, { ...PLAIN, height }).length).toBeLessThanOrEqual(height);
  });
});

test.each([40, 80, 160])(
  'no line is wider than %i columns, and none steers the terminal',
  (width) => {
    const view = viewOf(
      { kind: 'warning', code: 'unproven', message: 'x\u001B[2J'.repeat(99) },
      planned(1),
      step(0, 'failed', { detail: '\u001B[2J'.repeat(99) }),
    );
    const text = frame(view, { ...PLAIN, width });
    for (const line of text) expect(Array.from(line).length).toBeLessThanOrEqual(width);
    expect(text.join('\n')).not.toContain('\u001B');
  },
);
