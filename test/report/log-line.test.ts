import { expect, test } from 'vitest';
import { jsonLog } from '../../functions/report/log-line.ts';

test('every line carries the run that its first event named', () => {
  const lines: string[] = [];
  const log = jsonLog(
    (line) => lines.push(line),
    () => Date.UTC(2026, 10, 23),
  );
  log.event({ kind: 'run-started', runId: 'run_1', secrets: ['vpn/psk/a'] });
  log.event({ kind: 'run-finished', outcome: 'failed' });
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      time: '2026-11-23T00:00:00.000Z',
      level: 'info',
      run: 'run_1',
      event: 'run-started',
      runId: 'run_1',
      secrets: ['vpn/psk/a'],
    },
    {
      time: '2026-11-23T00:00:00.000Z',
      level: 'error',
      run: 'run_1',
      event: 'run-finished',
      outcome: 'failed',
    },
  ]);
});
