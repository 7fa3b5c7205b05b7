import { describe, expect, test } from 'vitest';
import { classify } from '../../functions/core/error-classes.ts';
import type { Failure } from '../../functions/core/failure.ts';

function answered(
  status: number | null,
  code: string,
  retryAfterMs: number | null = null,
): Failure {
  return classify({
    operation: 'ModifyTunnelAttribute',
    code,
    status,
    requestId: 'R-1',
    retryAfterMs,
  });
}

/** The documented codes of ModifyTunnelAttribute, of KMS and of the gateway in front, by class. */
const DOCUMENTED: readonly (readonly [Failure['kind'], number, string])[] = [
  ['busy', 400, 'VpnGateway.Configuring'],
  ['busy', 400, 'VpnGateway.task.conflict'],
  ['busy', 400, 'VpnTask.CONFLICT'],
  ['busy', 400, 'VpnConnection.Configuring'],
  ['busy', 400, 'TaskConflict'],
  ['busy', 400, 'IncorrectStatus'],
  ['busy', 409, 'IncorrectStatus.VpnGateway'],
  ['throttled', 400, 'Throttling'],
  ['throttled', 400, 'Throttling.User'],
  ['throttled', 429, 'Rejected.Throttling'],
  ['throttled', 503, 'Throttling.Api'],
  ['throttled', 429, 'TooManyRequests'],
  ['tokenInProgress', 400, 'LastTokenProcessing'],
  ['tokenInProgress', 409, 'IdempotenceProcessing'],
  ['unknown', 503, 'ServiceUnavailable'],
  ['unknown', 500, 'InternalError'],
  ['unknown', 400, 'UnknownError'],
  ['unknown', 400, 'SignatureNonceUsed'],
  ['unknown', 408, 'RequestTimeout'],
  ['unknown', 502, 'VpnGateway.Configuring'],
  ['notFound', 404, 'InvalidVpnConnectionInstanceId.NotFound'],
  ['notFound', 404, 'Forbidden.ResourceNotFound'],
  ['notFound', 400, 'InvalidVpnGatewayId.NotFound'],
  ['denied', 403, 'Forbbiden.SubUser'],
  ['denied', 403, 'Forbidden'],
  ['denied', 403, 'Forbidden.InDebt'],
  ['denied', 400, 'Forbidden.RAM'],
  ['denied', 404, 'InvalidAccessKeyId.NotFound'],
  ['denied', 400, 'InvalidSecurityToken.Expired'],
  ['denied', 400, 'SignatureDoesNotMatch'],
  ['denied', 400, 'InvalidTimeStamp.Expired'],
  ['refused', 400, 'VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs'],
  ['refused', 400, 'VpnGateway.FinancialLocked'],
  ['refused', 400, 'IdempotentParameterMismatch'],
  ['refused', 409, 'Rejected.ResourceExist'],
  ['refused', 404, 'InvalidApi.NotFound'],
  ['refused', 400, 'ACodeNobodyHasSeen'],
];

describe('classify', () => {
  test.each(DOCUMENTED)('%s: %i %s', (kind, status, code) => {
    expect(answered(status, code).kind).toBe(kind);
  });

  test('keeps code, status and request id, and the wait where there is one', () => {
    const error = {
      operation: 'ModifyTunnelAttribute',
      code: 'Throttling.User',
      status: 400,
      requestId: 'R-1',
    };
    expect(answered(400, 'Throttling.User', 1500)).toEqual({
      kind: 'throttled',
      retryAfterMs: 1500,
      error,
    });
  });

  test('no credential at all was never sent, so it is no doubt', () => {
    expect(answered(null, 'InvalidCredentials').kind).toBe('denied');
  });

  test('a broken network names itself, whatever code came with it', () => {
    const failure = classify({
      operation: 'PutSecretValue',
      code: 'VpnGateway.Configuring',
      status: 400,
      requestId: null,
      retryAfterMs: null,
      network: 'reset',
    });
    expect(failure).toMatchObject({ kind: 'unknown', error: { code: 'Network.Reset' } });
  });
});

test.each([
  [null, 'unknown'],
  [400, 'refused'],
  [401, 'denied'],
  [403, 'denied'],
  [404, 'notFound'],
  [500, 'unknown'],
] as const)('status %s alone, with a code that no list names, is %s', (status, kind) => {
  expect(answered(status, 'SomethingNew').kind).toBe(kind);
});
