import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from '../../functions/core/error-classes.ts';
import type { Failure } from '../../functions/core/failure.ts';

const BUSY = [
  'VpnGateway.Configuring',
  'VpnGateway.task.conflict',
  'VpnTask.CONFLICT',
  'VpnConnection.Configuring',
  'Appliance.Configuring',
  'TaskConflict',
  'VpnRouteEntry.Configuring',
  'VPC_TASK_CONFLICT',
  'OperationConflict',
  'Operation.Blocking',
  'IncorrectStatus',
  'IncorrectStatus.Status',
  'SystemBusy',
];
const KNOWN = [
  ...BUSY,
  'Throttling.Api',
  'LastTokenProcessing',
  'UnknownError',
  'Forbidden.RAM',
  'InvalidVpnGatewayId.NotFound',
  'InvalidSecurityToken.Expired',
];

const anyCode = fc.oneof(
  fc.constantFrom(...KNOWN),
  fc.string({ maxLength: 60 }),
  // Near misses of the busy codes: cut, extended, inside another word.
  fc
    .tuple(fc.constantFrom(...BUSY), fc.string({ minLength: 1, maxLength: 5 }))
    .chain(([code, extra]) => fc.constantFrom(code.slice(0, -1), code + extra, extra + code)),
);
const anyStatus = fc.option(fc.integer({ min: 100, max: 599 }));
const clientStatus = fc.integer({ min: 400, max: 499 }).filter((s) => s !== 408 && s !== 429);

function classOf(code: string, status: number | null): Failure['kind'] {
  const call = { operation: 'Op', code, status, requestId: null, retryAfterMs: null };
  return classify(call).kind;
}

test('every code with every status has a class and keeps its code', () => {
  fc.assert(
    fc.property(anyCode, anyStatus, (code, status) => {
      const call = { operation: 'Op', code, status, requestId: null, retryAfterMs: null };
      expect(classify(call).error).toEqual({ operation: 'Op', code, status, requestId: null });
    }),
  );
});

test('case never matters', () => {
  fc.assert(
    fc.property(anyCode, anyStatus, fc.infiniteStream(fc.boolean()), (code, status, upper) => {
      // ASCII only: folding other scripts is not reversible, and the vendor's codes are ASCII.
      const ascii = code.replaceAll(/[^ -~]/gu, '');
      const mixed = Array.from(ascii, (letter) =>
        upper.next().value === true ? letter.toUpperCase() : letter.toLowerCase(),
      ).join('');
      expect(classOf(mixed, status)).toBe(classOf(ascii, status));
    }),
  );
});

test('a busy code below 500 is waited out, never taken for a refusal', () => {
  fc.assert(
    fc.property(fc.constantFrom(...BUSY), clientStatus, (code, status) => {
      expect(classOf(code, status)).toBe('busy');
    }),
  );
});

test('nothing that is not on the list is busy', () => {
  const listed = new Set(BUSY.map((code) => code.toLowerCase()));
  fc.assert(
    fc.property(anyCode, anyStatus, (code, status) => {
      const lower = code.toLowerCase();
      fc.pre(!listed.has(lower) && !lower.startsWith('incorrectstatus.'));
      expect(classOf(code, status)).not.toBe('busy');
    }),
  );
});

test('only an answer of the service between 400 and 499 is ever definite', () => {
  const definite = new Set<Failure['kind']>(['busy', 'tokenInProgress', 'notFound', 'refused']);
  fc.assert(
    fc.property(anyCode, anyStatus, (code, status) => {
      fc.pre(status === null || status < 400 || status >= 500);
      expect(definite.has(classOf(code, status))).toBe(false);
    }),
  );
});
