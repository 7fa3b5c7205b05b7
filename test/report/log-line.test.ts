import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../functions/core/events.ts';
import type { Outcome, Report } from '../../functions/core/report.ts';
import { jsonLog, levelOf, readLine, reportLines } from '../../functions/report/log-line.ts';
import { LINE_BYTES_MAX } from '../../functions/report/in-lines.ts';

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

const report = (outcome: Outcome): Report => ({
  schema: 'keyturn/report/1',
  runId: 'run_1',
  trigger: 'cli',
  requestReason: null,
  outcome,
  groups: [],
  secrets: [],
  steps: [],
  warnings: [],
  apiCalls: {},
  startedAt: '2026-11-23T00:00:00.000Z',
  finishedAt: '2026-11-23T00:00:01.000Z',
});

test('the report is a line like the others', () => {
  expect(JSON.parse(reportLines(report('converged'), Date.UTC(2026, 10, 23)).join())).toEqual({
    time: '2026-11-23T00:00:00.000Z',
    level: 'info',
    run: 'run_1',
    event: 'report',
    report: report('converged'),
  });
  expect(JSON.parse(reportLines(report('partial'), 0).join())).toMatchObject({ level: 'error' });
});

test('a line that was written is read as what it said', () => {
  const event: RunEvent = { kind: 'run-finished', outcome: 'failed' };
  const lines: string[] = [];
  jsonLog(
    (line) => lines.push(line),
    () => 0,
  ).event(event);
  expect(lines.map(readLine)).toEqual([event]);
  expect(readLine(reportLines(report('waiting'), 0).join())).toEqual({
    kind: 'report',
    report: report('waiting'),
  });
});

test('what is too long for a line goes on in the next, and nothing is lost', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 3_000 });
  const warnings = fc.array(text.map((detail) => ({ code: 'no-lease' as const, detail })));
  const secrets = fc.array(
    text.map((name) => ({
      name,
      fromVersionId: null,
      toVersionId: null,
      promoted: true,
      reason: null,
    })),
  );
  fc.assert(
    fc.property(warnings, secrets, (warnings, secrets) => {
      const whole = { ...report('converged'), warnings, secrets };
      const lines = reportLines(whole, 0);
      for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LINE_BYTES_MAX);
      const read = lines.map((line) => JSON.parse(line) as { readonly report: Report });
      const joined = {
        ...report('converged'),
        warnings: read.flatMap((line) => line.report.warnings),
        secrets: read.flatMap((line) => line.report.secrets),
      };
      expect(joined).toEqual(whole);
      const parts = lines.map((_, index) => ({ part: index + 1, parts: lines.length }));
      expect(read).toMatchObject(lines.length === 1 ? [{ event: 'report' }] : parts);
    }),
  );
});

test.each(['', 'null', '[]', '{"event":1}', 'Warning: something of the runtime'])(
  'a line that is none of ours is read as nothing: %s',
  (line) => expect(readLine(line)).toBeNull(),
);

test.each<readonly [string, RunEvent]>([
  ['warn', { kind: 'warning', code: 'no-lease', message: '' }],
  ['warn', { kind: 'group-planned', group: '', verdict: 'blocked', reason: '', steps: [] }],
  ['info', { kind: 'group-planned', group: '', verdict: 'ready', reason: '', steps: [] }],
  ['error', { kind: 'group-finished', group: '', verdict: 'mixed', reason: '' }],
  ['info', { kind: 'group-finished', group: '', verdict: 'waiting', reason: '' }],
  ['error', { kind: 'run-finished', outcome: 'partial' }],
  ['info', { kind: 'run-finished', outcome: 'deferred' }],
])('%s: %o', (level, event) => expect(levelOf(event)).toBe(level));
