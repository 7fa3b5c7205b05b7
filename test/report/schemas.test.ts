/** What leaves the functions keeps the shapes that docs/schemas publishes. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { KeyturnError } from '../../functions/core/codes.ts';
import type { RunEvent } from '../../functions/core/events.ts';
import { attentionOf, attentionOfError } from '../../functions/report/attention.ts';
import { auditLines, auditReport } from '../../functions/report/audit-data.ts';
import { attentionLine, logLines, reportLines } from '../../functions/report/log-line.ts';
import { EngineWorld } from '../run/engine-world.ts';
import { NOW, prepared } from './prepared.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

function faultsBy(name: string): (value: unknown) => unknown {
  const schema = JSON.parse(read(`schemas/${name}.schema.json`)) as object;
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  return (value) => (validate(JSON.parse(JSON.stringify(value))) ? [] : validate.errors);
}

const line = faultsBy('log-line');
const at = { run: 'run_1', nowMs: 0 };

/** The engine at work where one site is well and the other never gets its key. */
async function story() {
  const world = new EngineWorld([{ name: 'a' }, { name: 'b', farEnd: 'never', connections: 2 }]);
  const report = await world.run();
  if (report === null) throw new Error('the run was not to be killed');
  return { events: world.events, report };
}

describe('a real run', () => {
  test('writes lines of the published shape, and a report', async () => {
    const { events, report } = await story();
    expect(events.length).toBeGreaterThan(20);
    const lines = [...events.flatMap((event) => logLines(event, at)), ...reportLines(report, 0)];
    expect(lines.length).toBe(events.length + 1);
    for (const one of lines) expect(line(JSON.parse(one))).toEqual([]);
    expect(faultsBy('report')(report)).toEqual([]);
    expect(report.outcome).toBe('partial');
  });

  test('so does one that is too large for single lines', async () => {
    const { report } = await story();
    const steps = Array.from({ length: 200 }, () => report.steps).flat();
    const secrets = Array.from({ length: 4_000 }, (_, n) => `vpn/psk/site-${n}`);
    const begun = logLines({ kind: 'run-started', runId: 'run_1', secrets }, at);
    const ended = reportLines({ ...report, steps }, 0);
    expect(Math.min(begun.length, ended.length)).toBeGreaterThan(1);
    for (const one of [...begun, ...ended]) expect(line(JSON.parse(one))).toEqual([]);
  });

  test('says what to do in the published shape', async () => {
    const attention = faultsBy('attention');
    expect(attention(attentionOf((await story()).report))).toEqual([]);
    expect(attention(attentionOfError(new KeyturnError('no-secrets', '')))).toEqual([]);
    const refused = attentionLine(attentionOfError(new KeyturnError('no-secrets', '')), 0);
    expect(line(JSON.parse(refused))).toEqual([]);
  });
});

test('an audit writes lines of the published shape', () => {
  const heading = { runId: 'run_1', trigger: 'timer weekly', requestReason: null };
  const rules = { now: NOW, maxAgeDays: 30, baselines: ['nist'] } as const;
  const lines = auditLines(auditReport(prepared(), heading, rules));
  expect(lines.length).toBeGreaterThan(1);
  for (const one of lines) expect(line(JSON.parse(one))).toEqual([]);
});

test('a field too many, or one too few, is no line', () => {
  const event = { time: '', level: 'info', run: null, event: 'run-finished' };
  expect(line({ ...event, outcome: 'converged' })).toEqual([]);
  expect(line(event)).not.toEqual([]);
  expect(line({ ...event, outcome: 'converged', key: 'example' })).not.toEqual([]);
});

test('every event is in docs/logs.md and in the schema', () => {
  const kinds = {
    'run-started': true,
    gathered: true,
    'group-planned': true,
    step: true,
    'group-finished': true,
    'secret-promoted': true,
    'handed-on': true,
    cut: true,
    'shard-started': true,
    'shard-finished': true,
    warning: true,
    'run-finished': true,
  } satisfies Record<RunEvent['kind'], true>;
  const known = [...Object.keys(kinds), 'report', 'not-begun', 'finding', 'audit'];
  const { oneOf } = JSON.parse(read('schemas/log-line.schema.json')) as {
    oneOf: readonly { properties: { event: { const: string } } }[];
  };
  expect(oneOf.map(({ properties }) => properties.event.const)).toEqual(known);
  const rows = [...read('logs.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(expect.arrayContaining(known));
});
