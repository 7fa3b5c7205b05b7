import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODES, reason } from '../../functions/core/codes.ts';
import type { CodeName, Verdict } from '../../functions/core/codes.ts';
import { exitOf, needsAttention, outcomeOf } from '../../functions/core/report.ts';
import type { GroupReport, Outcome, SecretReport } from '../../functions/core/report.ts';

const group = (verdict: Verdict, code: CodeName): GroupReport => ({
  regionId: 'cn-hangzhou',
  vpnGatewayId: 'vpn-1',
  customerGatewayId: 'cgw-1',
  verdict,
  reason: reason(code),
  secrets: [],
  tunnels: [],
});

const secret = (code: CodeName | null, promoted = false): SecretReport => ({
  name: 'psk/a',
  fromVersionId: null,
  toVersionId: null,
  promoted,
  reason: code === null ? null : reason(code),
});

const converged = group('converged', 'rotated');
const restored = group('restored', 'restored');
const waiting = group('waiting', 'peer-not-ready');
const blocked = group('blocked', 'bgp-off');

describe('the outcome of a run', () => {
  test.each<[string, readonly GroupReport[], readonly SecretReport[], boolean, Outcome]>([
    ['nothing to do', [], [], false, 'unchanged'],
    ['all in place', [converged], [secret(null)], false, 'unchanged'],
    ['something was written', [converged], [], true, 'converged'],
    ['only labels were moved', [converged], [secret(null), secret(null, true)], false, 'converged'],
    [
      'unreadable keys of a current version',
      [group('unknown', 'keys-unreadable')],
      [],
      false,
      'unchanged',
    ],
    ['any other unknown', [group('unknown', 'write-unsettled')], [], true, 'failed'],
    ['one waits', [converged, waiting], [], true, 'waiting'],
    ['a secret waits', [converged], [secret('out-of-time')], true, 'waiting'],
    ['one put back as asked', [group('restored', 'put-back')], [], true, 'converged'],
    ['one that was back already', [group('restored', 'put-back')], [], false, 'unchanged'],
    ['one put back, one failed', [group('restored', 'put-back'), restored], [], true, 'partial'],
    ['one restored, one fine', [restored, converged], [], true, 'partial'],
    ['one restored', [restored], [], true, 'failed'],
    ['one restored, one waits', [restored, waiting], [], true, 'failed'],
    ['mixed', [group('mixed', 'out-of-time')], [], true, 'failed'],
    ['blocked', [blocked], [], false, 'failed'],
    ['blocked beside a good one', [converged, blocked], [], true, 'partial'],
    ['a secret cannot be used', [], [secret('document-invalid')], false, 'failed'],
    [
      'a secret cannot be used, a group is good',
      [converged],
      [secret('no-version')],
      true,
      'partial',
    ],
    ['labels not moved', [converged], [secret('promote-failed')], true, 'partial'],
    ['half done, and gone on with', [group('mixed', 'continued')], [], true, 'waiting'],
    [
      'that is no success beside a failure',
      [group('mixed', 'continued'), blocked],
      [],
      true,
      'failed',
    ],
    ['a remark on a secret', [converged], [secret('unproven')], false, 'unchanged'],
  ])('%s', (_, groups, secrets, wrote, expected) => {
    expect(outcomeOf({ groups, secrets, wrote })).toBe(expected);
  });
});

describe('the exit status', () => {
  const exit = (outcome: Outcome, groups: GroupReport[] = [], secrets: SecretReport[] = []) =>
    exitOf({ outcome, groups, secrets });

  test.each<[Outcome, number]>([
    ['converged', 0],
    ['unchanged', 0],
    ['waiting', 3],
    ['deferred', 3],
  ])('%s: %d, whatever the groups say', (outcome, expected) => {
    expect(exit(outcome, [restored], [secret('read-failed')])).toBe(expected);
  });

  test.each<Outcome>(['partial', 'failed'])(
    '%s: 4 where only checks refused, else 2',
    (outcome) => {
      expect(exit(outcome, [converged, blocked])).toBe(4);
      expect(exit(outcome, [], [secret('no-version'), secret(null)])).toBe(4);
      expect(exit(outcome, [blocked, restored])).toBe(2);
      expect(exit(outcome, [group('mixed', 'out-of-time')])).toBe(2);
      expect(exit(outcome, [group('restored', 'bgp-off')])).toBe(2);
      expect(exit(outcome, [blocked, group('blocked', 'write-refused')])).toBe(2);
      expect(exit(outcome, [blocked], [secret('no-version'), secret('read-failed')])).toBe(2);
    },
  );
});

test.each<[Outcome, boolean]>([
  ['converged', false],
  ['unchanged', false],
  ['waiting', false],
  ['deferred', false],
  ['partial', true],
  ['failed', true],
])('%s needs attention: %s', (outcome, expected) => {
  expect(needsAttention({ outcome })).toBe(expected);
});

const codes = fc.constantFrom(...(Object.keys(CODES) as CodeName[]));
const verdicts = fc.constantFrom<Verdict>(
  'converged',
  'mixed',
  'unknown',
  'waiting',
  'blocked',
  'restored',
);

test('always: outcome, exit and attention agree, and no half-done group passes for success', () => {
  const parts = fc.record({
    groups: fc.array(fc.tuple(verdicts, codes).map(([verdict, code]) => group(verdict, code))),
    secrets: fc.array(fc.tuple(fc.option(codes), fc.boolean()).map((drawn) => secret(...drawn))),
    wrote: fc.boolean(),
  });
  fc.assert(
    fc.property(parts, (drawn) => {
      const outcome = outcomeOf(drawn);
      const exit = exitOf({ outcome, ...drawn });
      const attention = needsAttention({ outcome });
      expect(attention).toBe(exit === 2 || exit === 4);
      const bad: readonly Verdict[] = ['mixed', 'restored', 'blocked'];
      // Put back as asked is a success; what another invocation goes on with is not over.
      const over = drawn.groups.filter(
        ({ verdict, reason: { code } }) =>
          code !== 'continued' && !(verdict === 'restored' && code === 'put-back'),
      );
      expect(attention || !over.some(({ verdict }) => bad.includes(verdict))).toBe(true);
      const halfDone = over.some(({ verdict }) => verdict === 'mixed');
      expect(exit === 2 || !halfDone).toBe(true);
      const waits = drawn.groups.some(({ verdict }) => verdict === 'waiting');
      expect(exit !== 0 || !waits).toBe(true);
    }),
  );
});
