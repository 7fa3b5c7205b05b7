import { describe, expect, test } from 'vitest';
import { CODES, reason } from '../../functions/core/codes.ts';
import type { Report } from '../../functions/core/report.ts';
import { reportTable } from '../../functions/report/report-table.ts';

const report: Report = {
  schema: 'keyturn/report/1',
  runId: 'run_1',
  trigger: 'cli',
  requestReason: null,
  outcome: 'failed',
  groups: [
    {
      regionId: 'ap-southeast-1',
      vpnGatewayId: 'vpn-bp1a3kqjiiq9legfdabcd',
      customerGatewayId: 'cgw-bp1pvpl9r9adju6l5abcd',
      verdict: 'restored',
      reason: reason('restored', 'proof-timeout: \u001B[2J'),
      secrets: ['vpn/psk/a'],
      tunnels: [],
    },
  ],
  secrets: [],
  steps: [],
  warnings: [],
  apiCalls: { ModifyTunnelAttribute: 2 },
  startedAt: '2026-11-23T00:00:00.000Z',
  finishedAt: '2026-11-23T00:00:01.500Z',
};

describe.each([80, 160])('in %i columns', (width) => {
  const text = reportTable(report, { colour: false, width });

  test('no line is wider than the terminal', () => {
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
  });

  test('what went wrong comes with its remedy', () => {
    expect(text.replace(/\s+/g, ' ')).toContain(CODES.restored.remedy);
  });

  test('nothing from outside steers the terminal', () => {
    expect(text).not.toContain('\u001B');
  });
});

test('colour changes nothing but the colour', () => {
  const coloured = reportTable(report, { colour: true, width: 80 });
  expect(coloured).toContain('\u001B[31m');
  // oxlint-disable-next-line no-control-regex -- the escape sequences are what is taken off
  const bare = coloured.replace(/\u001B\[\d+m/g, '');
  expect(bare).toBe(reportTable(report, { colour: false, width: 80 }));
});
