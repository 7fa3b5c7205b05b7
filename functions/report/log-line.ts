import type { RunEvent } from '../core/events.ts';
import { needsAttention } from '../core/report.ts';
import type { Report } from '../core/report.ts';
import { epochMs } from '../core/units.ts';
import type { Log } from '../ports/log.ts';
import type { Attention } from './attention.ts';
import { inLines } from './in-lines.ts';
import { isoTime } from '../run/iso-time.ts';

export type Level = 'info' | 'warn' | 'error';

/**
 * One event as a line of JSON: `time` (ISO 8601, UTC), `level`, `run` (null before the run has an id),
 * `event` (the event's kind), then the event's own fields. Fields are only ever added. A run over more secrets
 * than a line holds begins with several.
 */
export function logLines(
  event: RunEvent,
  at: { readonly run: string | null; readonly nowMs: number },
): readonly string[] {
  const { kind, ...fields } = event;
  const time = isoTime(epochMs(at.nowMs));
  const line = { time, level: levelOf(event), run: at.run, event: kind, ...fields };
  const lists = event.kind === 'run-started' ? { secrets: event.secrets } : {};
  return inLines(lists, (lists, part) => ({ ...line, ...lists, ...part }));
}

/**
 * The report as the run's last line, or lines where it is too long for one; the level is `error` when a person
 * has to look.
 */
export function reportLines(report: Report, nowMs: number): readonly string[] {
  const time = isoTime(epochMs(nowMs));
  const level: Level = needsAttention(report) ? 'error' : 'info';
  const { groups, secrets, steps, warnings } = report;
  return inLines({ groups, secrets, steps, warnings }, (lists, part) => {
    const line = { time, level, run: report.runId, event: 'report', ...part };
    return { ...line, report: { ...report, ...lists } };
  });
}

const NOT_BEGUN = 'not-begun';

/** Why nothing was begun, where there is no report. */
export function attentionLine(attention: Attention, nowMs: number): string {
  const time = isoTime(epochMs(nowMs));
  const level: Level = 'error';
  return JSON.stringify({ time, level, run: null, event: NOT_BEGUN, attention });
}

/** What an event's or a report's line said, with `part` and `parts` where it is one of several. Null for any other. */
export function readLine(line: string): RunEvent | { kind: 'report'; report: Report } | null {
  try {
    const { time: _time, level: _level, run: _run, event: kind, ...fields } = JSON.parse(line);
    return typeof kind === 'string' && kind !== NOT_BEGUN ? { kind, ...fields } : null;
  } catch {
    return null;
  }
}

/** Writes every event of one run as it happens. */
export function jsonLog(write: (line: string) => unknown, nowMs: () => number): Log {
  let run: string | null = null;
  return {
    event(event) {
      if (event.kind === 'run-started') run = event.runId;
      for (const line of logLines(event, { run, nowMs: nowMs() })) write(line);
    },
  };
}

/** What alarms are set on: `error` needs a person, `warn` does not yet. */
export function levelOf(event: RunEvent): Level {
  switch (event.kind) {
    case 'warning':
      return 'warn';
    case 'step':
      return event.phase === 'failed' ? 'error' : 'info';
    case 'group-planned':
      return event.verdict === 'blocked' ? 'warn' : 'info';
    case 'group-finished':
      return event.verdict === 'converged' || event.verdict === 'waiting' ? 'info' : 'error';
    case 'run-finished':
    case 'shard-finished':
      return event.outcome === 'failed' || event.outcome === 'partial' ? 'error' : 'info';
    case 'run-started':
    case 'gathered':
    case 'handed-on':
    case 'cut':
    case 'shard-started':
    case 'secret-promoted':
      return 'info';
  }
}
