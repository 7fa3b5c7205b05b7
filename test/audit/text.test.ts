import { expect, test } from 'vitest';
import { AUDIT_CODES } from '../../functions/core/audit-codes.ts';
import { reason } from '../../functions/core/codes.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { auditReport } from '../../functions/report/audit-data.ts';
import { auditText } from '../../functions/report/audit-text.ts';
import { connection, fleet, readable, withTunnels } from '../core/builders.ts';
import { NOW, prepared } from '../report/prepared.ts';

const PSK = 'example-psk-that-nobody-stored';

function shown(width: number): string {
  const world = fleet(
    withTunnels(connection(), ({ role }) => ({
      key: readable(new Redacted(PSK)),
      settings: { ikeVersion: 'ikev1' },
      ...(role === 'slave' ? { sa: 'down' as const } : {}),
    })),
  );
  const unusable = new Map([['psk/b', reason('no-version', 'psk/b')]]);
  const report = auditReport(
    { ...prepared({ world }), unusable },
    { runId: 'run_1', trigger: 'cli', requestReason: null },
    { now: NOW, maxAgeDays: 30, baselines: ['rfc'] },
  );
  return auditText(report, { colour: false, width });
}

test('says of each group and secret how it stands, then each finding once, failures first', () => {
  const text = shown(100);
  expect(text).toContain('✖ cn-hangzhou/vpn-1/cgw-1  fail     60 d');
  expect(text).toMatch(/\? psk\/b +unknown +-/);
  const codes = text.split('\n').filter((line) => line in AUDIT_CODES);
  expect(new Set(codes).size).toBe(codes.length);
  const levels = codes.map((code) => AUDIT_CODES[code as keyof typeof AUDIT_CODES].level);
  const order = ['fail', 'warn', 'note'];
  expect(levels).toEqual(levels.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  expect(codes).toEqual(expect.arrayContaining(['not-as-stored', 'tunnel-down', 'unreadable']));
  expect(text).toMatch(/^fail: 1 customer gateway, 2 secrets by rfc: \d failed, /m);
});

test.each([40, 80])('fits into %i columns, and shows no key', (width) => {
  const text = shown(width);
  for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
  expect(text).not.toContain(PSK);
});
