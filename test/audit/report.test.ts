import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { AUDIT_CODES } from '../../functions/core/audit-codes.ts';
import { BASELINES } from '../../functions/core/baselines.ts';
import { readAuditSettings } from '../../functions/audit/settings.ts';
import { reason } from '../../functions/core/codes.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { auditLines, auditReport } from '../../functions/report/audit-data.ts';
import { connection, fleet, readable, withTunnels } from '../core/builders.ts';
import { NOW, prepared } from '../report/prepared.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const schema = JSON.parse(read('docs/schemas/audit.schema.json')) as {
  readonly definitions: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
};
const PSK = 'example-psk-that-nobody-stored';

const HEADING = { runId: 'run_1', trigger: 'timer weekly', requestReason: 'compliance' };
const RULES = { now: NOW, maxAgeDays: 30, baselines: ['rfc', 'nist'] } as const;

/** A group with something wrong of every kind, and a secret that cannot be read. */
function bad() {
  const world = fleet(
    withTunnels(connection(), ({ role }) => ({
      key: readable(new Redacted(PSK)),
      settings: { ikeVersion: 'ikev1', ikePfs: 'group2' },
      ...(role === 'slave' ? { sa: 'down' as const } : {}),
    })),
  );
  const input = {
    ...prepared({ world }),
    unusable: new Map([['psk/b', reason('no-version', 'psk/b')]]),
  };
  return auditReport(input, HEADING, RULES);
}

describe('the result', () => {
  const validate = new Ajv({ allErrors: true }).compile(schema);

  test.each([
    ['of a fleet in order', auditReport(prepared(), HEADING, RULES)],
    ['of one that is not', bad()],
  ])('%s keeps its published schema', (_name, report) => {
    validate(JSON.parse(JSON.stringify(report)));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('says how old keys are and when the next are due', () => {
    const { secrets, groups, verdict } = auditReport(prepared(), HEADING, RULES);
    expect(secrets).toMatchObject([
      { name: 'psk/a', keyAgeDays: 60, rotateEveryDays: null, dueAt: null },
    ]);
    expect(groups).toMatchObject([{ keyAgeDays: 60 }]);
    expect(verdict).toBe('fail');
  });

  test('says what is wrong, and never a key', () => {
    const report = bad();
    const codes = [...report.groups, ...report.secrets].flatMap(({ findings }) =>
      findings.map(({ code }) => code),
    );
    expect(new Set(codes)).toEqual(
      new Set([
        'not-as-stored',
        'tunnel-down',
        'crypto-prohibited',
        'key-too-old',
        'no-period',
        'next-waiting',
        'unreadable',
      ]),
    );
    expect(JSON.stringify(report)).not.toContain(PSK);
  });
});

describe('the log', () => {
  test('has a line for each finding that is more than a note, and the result as its last', () => {
    const lines = auditLines(bad()).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', run: 'run_1', event: 'audit' });
    const findings = lines.slice(0, -1);
    expect(findings.map(({ code, level }) => `${String(level)} ${String(code)}`)).toEqual([
      'error not-as-stored',
      'warn tunnel-down',
      'error crypto-prohibited',
      'error crypto-prohibited',
      'error key-too-old',
      'error unreadable',
    ]);
    expect(findings[1]).toMatchObject({
      event: 'finding',
      where: 'vpn-1/cgw-1',
      remedy: AUDIT_CODES['tunnel-down'].remedy,
    });
  });
});

describe('docs/audit.md', () => {
  const page = read('docs/audit.md');

  test('has a row for each finding, as it is given', () => {
    for (const [code, { level, sentence, remedy }] of Object.entries(AUDIT_CODES)) {
      expect(page).toContain(`| \`${code}\` | ${level} | ${sentence} | ${remedy} |`);
    }
    expect(page.match(/^\| `[a-z-]+` \| (?:fail|warn|note) \|/gm)).toHaveLength(
      Object.keys(AUDIT_CODES).length,
    );
  });

  test('has a row for each baseline, and the schema knows it', () => {
    for (const [id, title] of Object.entries(BASELINES)) {
      expect(page).toContain(`| \`${id}\` | ${title} |`);
    }
    expect(schema.definitions['baseline']?.enum).toEqual(Object.keys(BASELINES));
  });
});

describe('settings', () => {
  test('have defaults', () => {
    expect(readAuditSettings({})).toEqual({ maxAgeDays: 365, baselines: ['rfc'] });
  });

  test('are read', () => {
    expect(
      readAuditSettings({ KEYTURN_AUDIT_MAX_AGE_DAYS: '90', KEYTURN_AUDIT_BASELINES: 'pci, rfc' }),
    ).toEqual({ maxAgeDays: 90, baselines: ['rfc', 'pci'] });
  });

  test.each([
    { KEYTURN_AUDIT_MAX_AGE_DAYS: '0' },
    { KEYTURN_AUDIT_MAX_AGE_DAYS: 'never' },
    { KEYTURN_AUDIT_BASELINES: 'iso' },
    { KEYTURN_AUDIT_BASELINES: 'rfc,' },
  ])('%j is refused', (env) => {
    expect(() => readAuditSettings(env)).toThrow(/setting-invalid/);
  });
});
