import { describe, expect, test } from 'vitest';
import { CODES, KeyturnError, reason } from '../../functions/core/codes.ts';
import type { Reason, Verdict } from '../../functions/core/codes.ts';
import type { GroupReport, Report } from '../../functions/core/report.ts';
import { attentionOf, attentionOfError } from '../../functions/report/attention.ts';
import { attentionLine, readLine } from '../../functions/report/log-line.ts';

function group(site: string, verdict: Verdict, why: Reason): GroupReport {
  return {
    regionId: 'cn-hangzhou',
    vpnGatewayId: 'vpn-1',
    customerGatewayId: `cgw-${site}`,
    verdict,
    reason: why,
    secrets: [`vpn/${site}`],
    tunnels: [],
  };
}

const report = (groups: readonly GroupReport[]): Report => ({
  schema: 'keyturn/report/1',
  runId: 'run_1',
  trigger: 'timer nightly',
  requestReason: 'CHG-1',
  outcome: 'partial',
  groups,
  secrets: [
    { name: 'vpn/a', fromVersionId: 'v1', toVersionId: 'v2', promoted: true, reason: null },
    {
      name: 'vpn/lost',
      fromVersionId: null,
      toVersionId: null,
      promoted: false,
      reason: reason('secret-not-found', 'vpn/lost'),
    },
  ],
  steps: [],
  warnings: [],
  apiCalls: {},
  startedAt: '2026-11-23T00:00:00.000Z',
  finishedAt: '2026-11-23T00:00:01.000Z',
});

describe('of a run', () => {
  const attention = attentionOf(
    report([
      group('a', 'converged', reason('rotated')),
      group('b', 'restored', reason('restored', 'proof-timeout: tun-b')),
      group('c', 'waiting', reason('peer-not-ready', 'version v2')),
    ]),
  );

  test('says where a person is needed, what happened and what to do, and nothing of the rest', () => {
    expect(attention).toMatchObject({
      schema: 'keyturn/attention/1',
      summary: 'run_1 ended partial: vpn-1/cgw-b restored; vpn/lost secret-not-found',
      runId: 'run_1',
      outcome: 'partial',
      trigger: 'timer nightly',
      requestReason: 'CHG-1',
      more: 0,
    });
    expect(attention.items).toEqual([
      {
        where: 'vpn-1/cgw-b',
        code: 'restored',
        happened: CODES.restored.sentence,
        detail: 'proof-timeout: tun-b',
        remedy: CODES.restored.remedy,
      },
      {
        where: 'vpn/lost',
        code: 'secret-not-found',
        happened: CODES['secret-not-found'].sentence,
        detail: 'vpn/lost',
        remedy: CODES['secret-not-found'].remedy,
      },
    ]);
  });

  test('a large fleet’s fits into a message of a queue, and says what it leaves out', () => {
    const many = Array.from({ length: 500 }, (_none, index) =>
      group(`site-${index}`, 'blocked', reason('document-invalid', 'rule '.repeat(1000))),
    );
    const large = attentionOf(report(many));
    expect(large.items).toHaveLength(20);
    expect(large.more).toBe(481);
    // The message is itself quoted in the destination's JSON.
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(large)))).toBeLessThan(48 * 1024);
  });
});

describe('of a run that did not begin', () => {
  test('has the code’s remedy', () => {
    const attention = attentionOfError(new KeyturnError('no-secrets', ''));
    expect(attention).toMatchObject({ summary: 'not begun: no-secrets', outcome: 'not-begun' });
    expect(attention.items[0]?.remedy).toBe(CODES['no-secrets'].remedy);
  });

  test('an error that nobody expected is named and not quoted', () => {
    for (const error of [new TypeError('example-psk-in-a-message'), 'example-psk-thrown']) {
      const attention = attentionOfError(error);
      expect(attention.items[0]?.code).toBe('unexpected');
      expect(JSON.stringify(attention)).not.toContain('example-psk');
    }
    expect(attentionOfError(new TypeError('x')).items[0]?.detail).toBe('TypeError');
  });

  test('is a line of the log on which an alarm can be set, and no event of a run', () => {
    const line = attentionLine(attentionOfError(new KeyturnError('no-secrets', '')), 0);
    expect(JSON.parse(line)).toMatchObject({ level: 'error', run: null, event: 'not-begun' });
    expect(readLine(line)).toBeNull();
  });
});
