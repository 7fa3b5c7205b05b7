import { expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import type { CodeName, Verdict } from '../../functions/core/codes.ts';
import {
  CONTINUATIONS_MAX,
  continuedReport,
  leftForTime,
  mayContinue,
} from '../../functions/core/continuation.ts';
import { needsAttention } from '../../functions/core/report.ts';
import type { Report } from '../../functions/core/report.ts';

function reportOf(
  groups: readonly (readonly [Verdict, CodeName, string])[],
  done: boolean,
  secrets: Report['secrets'] = [],
): Report {
  return {
    schema: 'keyturn/report/1',
    runId: 'run_1',
    trigger: 'timer nightly',
    requestReason: null,
    outcome: 'waiting',
    groups: groups.map(([verdict, code, secret]) => ({
      regionId: 'cn-hangzhou',
      vpnGatewayId: 'vpn-1',
      customerGatewayId: `cgw-${secret}`,
      verdict,
      reason: reason(code),
      secrets: [secret],
      tunnels: [],
    })),
    secrets,
    steps: done
      ? [
          {
            regionId: 'cn-hangzhou',
            vpnConnectionId: 'vco-1',
            tunnelId: 'tun-1',
            direction: 'apply',
            result: 'done',
            reason: null,
            requests: 1,
            proof: 'proven',
            startedAt: '2026-01-01T00:00:00.000Z',
            finishedAt: '2026-01-01T00:01:00.000Z',
          },
        ]
      : [],
    warnings: [],
    apiCalls: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:10:00.000Z',
  };
}

const HALF_DONE = reportOf(
  [
    ['converged', 'rotated', 'a'],
    ['mixed', 'out-of-time', 'b'],
    ['waiting', 'out-of-time', 'c'],
    ['waiting', 'peer-not-ready', 'd'],
    ['waiting', 'out-of-time', 'b'],
  ],
  true,
);

test('only what time was lacking for is left, each name once', () => {
  expect(leftForTime(HALF_DONE)).toEqual(['b', 'c']);
});

test('a run with work left goes on, up to the limit', () => {
  expect(mayContinue(HALF_DONE, 0)).toBe(true);
  expect(mayContinue(HALF_DONE, CONTINUATIONS_MAX - 1)).toBe(true);
  expect(mayContinue(HALF_DONE, CONTINUATIONS_MAX)).toBe(false);
});

test('a run that waits for something else than time does not go on', () => {
  expect(mayContinue(reportOf([['waiting', 'lease-lost', 'a']], true), 0)).toBe(false);
  expect(mayContinue(reportOf([['waiting', 'cancelled', 'a']], true), 0)).toBe(false);
});

test('a run that got nothing done is not followed by others like it', () => {
  expect(mayContinue(reportOf([['waiting', 'out-of-time', 'a']], false), 0)).toBe(false);
  const promoted = [
    { name: 'a', fromVersionId: 'v1', toVersionId: 'v2', promoted: true, reason: null },
  ];
  expect(mayContinue(reportOf([['waiting', 'out-of-time', 'b']], false, promoted), 0)).toBe(true);
});

test('a group that another invocation goes on with asks for nobody’s attention', () => {
  const report = continuedReport(HALF_DONE, 'run_1_c1');
  expect(report.groups.map(({ verdict, reason }) => [verdict, reason.code, reason.detail])).toEqual(
    [
      ['converged', 'rotated', ''],
      ['mixed', 'continued', 'run_1_c1'],
      ['waiting', 'continued', 'run_1_c1'],
      ['waiting', 'peer-not-ready', ''],
      ['waiting', 'continued', 'run_1_c1'],
    ],
  );
  expect(report.outcome).toBe('waiting');
  expect(needsAttention(report)).toBe(false);
});

test('what failed beside it still does', () => {
  const failed = reportOf(
    [
      ['mixed', 'out-of-time', 'a'],
      ['restored', 'restored', 'b'],
    ],
    true,
  );
  expect(needsAttention(continuedReport(failed, 'run_1_c1'))).toBe(true);
});
