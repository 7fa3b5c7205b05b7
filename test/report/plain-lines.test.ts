import { expect, test } from 'vitest';
import type { RunEvent, StepPhase } from '../../functions/core/events.ts';
import { plainLine } from '../../functions/report/plain-lines.ts';

const TUNNEL = { regionId: 'cn-hangzhou', vpnConnectionId: 'vco-a', tunnelId: 'tun-a' };
const GROUP = 'cn-hangzhou/vpn-1/cgw-1';
const step = { kind: 'step', group: GROUP, tunnel: TUNNEL, direction: 'apply' } as const;

test.each<readonly [string, RunEvent]>([
  ['run run_1: 2 secrets', { kind: 'run-started', runId: 'run_1', secrets: ['psk/a', 'psk/b'] }],
  [
    'read 1 gateways, 2 connections, 4 tunnels',
    { kind: 'gathered', gateways: 1, connections: 2, tunnels: 4 },
  ],
  [
    `${GROUP}: ready (ready), 1 step`,
    {
      kind: 'group-planned',
      group: GROUP,
      verdict: 'ready',
      reason: 'ready',
      steps: [{ ...TUNNEL, role: 'slave' }],
    },
  ],
  ['  cn-hangzhou/vco-a/tun-a: done (proven)', { ...step, phase: 'done', detail: 'proven' }],
  [
    '  cn-hangzhou/vco-a/tun-a: restore: writing',
    { ...step, direction: 'restore', phase: 'writing', detail: '' },
  ],
  [
    `${GROUP}: restored (restored)`,
    { kind: 'group-finished', group: GROUP, verdict: 'restored', reason: 'restored' },
  ],
  [
    'secret psk/a: none -> v2',
    { kind: 'secret-promoted', secret: 'psk/a', fromVersionId: null, toVersionId: 'v2' },
  ],
  ['warning no-lease: text', { kind: 'warning', code: 'no-lease', message: 'text' }],
  ['run finished: converged', { kind: 'run-finished', outcome: 'converged' }],
])('%s', (line, event) => {
  expect(plainLine(event)).toBe(line);
});

test('an event is one line whatever comes from outside', () => {
  const detail = 'Code\nrun finished: converged\u001B[2J';
  expect(plainLine({ ...step, phase: 'failed', detail })).toBe(
    '  cn-hangzhou/vco-a/tun-a: failed (Code?run finished: converged?[2J)',
  );
});

test.each<StepPhase>(['waiting-for-gateway', 'busy', 'settling', 'read-back', 'proving'])(
  'that a step is %s is for a screen, not for a file',
  (phase) => expect(plainLine({ ...step, phase, detail: '' })).toBeNull(),
);
