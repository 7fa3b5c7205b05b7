import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AUDIT_CODES } from '../../functions/core/audit-codes.ts';
import { closed, readTemplate, readText } from './template.ts';
import type { Element } from './template.ts';

const FILES = readdirSync(new URL('../../alarms/', import.meta.url));
const readAlarm = (file: string) => JSON.parse(readText(`alarms/${file}`)) as Element;
const of = (kind: string) => FILES.filter((file) => file.startsWith(kind));

/** The texts that a query compares a field of the log line with. */
function compared(query: string, field: string): readonly string[] {
  const path = field.replaceAll('.', '\\.');
  const [, list = ''] =
    new RegExp(
      `json_extract_scalar\\(message, '\\$\\.${path}'\\) (?:=|IN) \\(?([^)]*?)\\)?(?: AND|$)`,
    ).exec(query) ?? [];
  return [...list.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
}

/** The events, outcomes and levels that log lines can have: as their published schema says. */
const SCHEMA = readText('docs/schemas/log-line.schema.json');
const OUTCOMES = readText('docs/schemas/report.schema.json');

describe.each(of('sls'))('%s', (file) => {
  const alert = closed(readAlarm(file), [
    'name',
    'displayName',
    'description',
    'schedule',
    'configuration',
  ]);
  // The fields of CreateAlert in @alicloud/sls20201230 5.9.0.
  const configuration = closed(alert['configuration'], [
    'version',
    'type',
    'queryList',
    'groupConfiguration',
    'severityConfigurations',
    'noDataFire',
    'sendResolved',
    'autoAnnotation',
    'threshold',
    'policyConfiguration',
  ]);
  const [query] = configuration['queryList'] as readonly Element[];
  const text = String(query?.['query']);

  test('looks where s.yaml has the functions log', () => {
    expect(query).toMatchObject({ project: '${logProject}', store: '${logStore}' });
    expect(Object.keys(readTemplate('s.yaml')['vars'] as Element)).toEqual(
      expect.arrayContaining(['logProject', 'logStore']),
    );
  });

  test('asks for what log lines say', () => {
    const events = compared(text, 'event');
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(SCHEMA).toContain(`"const": "${event}"`);
    for (const outcome of compared(text, 'report.outcome')) {
      expect(OUTCOMES).toContain(`"${outcome}"`);
    }
    for (const code of compared(text, 'code')) expect(AUDIT_CODES).toHaveProperty([code]);
    for (const level of compared(text, 'level')) expect(SCHEMA).toContain(`"${level}"`);
  });
});

test.each(of('cloudmonitor'))('%s names a function that is deployed', (file) => {
  const { resources } = readTemplate('s.yaml') as {
    resources: Readonly<Record<string, { props: Element }>>;
  };
  const [resource] = JSON.parse(String(readAlarm(file)['Resources'])) as readonly Element[];
  const names = Object.values(resources).map(({ props }) => props['functionName']);
  expect(names).toContain(resource?.['functionName']);
});

test('the rule’s templates are JSON', () => {
  const rule = readAlarm('eventbridge-dingtalk.json');
  expect(JSON.parse(String(rule['FilterPattern']))).toEqual({ source: [{ prefix: 'mns.' }] });
  const [target] = rule['Targets'] as readonly { readonly ParamList: readonly Element[] }[];
  const body = target?.ParamList.find((param) => param['ResourceKey'] === 'Body');
  expect(JSON.parse(String(body?.['Value']))).toEqual({ failure: '$.data' });
  expect(JSON.parse(String(body?.['Template']))).toMatchObject({ msgtype: 'text' });
});

test('docs/alarms.md has every file and every placeholder', () => {
  const page = readText('docs/alarms.md');
  for (const file of FILES) expect(page).toContain(`\`alarms/${file}\``);
  const used = FILES.flatMap((file) => [...readText(`alarms/${file}`).matchAll(/\$\{(\w+)\}/g)])
    .map(([whole]) => whole)
    // The robot's own template, filled by EventBridge.
    .filter((name) => name !== '${failure}');
  for (const name of new Set(used)) expect(page).toContain(`\`${name}\``);
});
