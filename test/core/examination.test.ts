import { describe, expect, test } from 'vitest';
import { classify } from '../../functions/core/error-classes.ts';
import {
  callerFault,
  clock,
  gatewayChecks,
  permission,
  settledByFleet,
} from '../../functions/core/examination.ts';
import type { Fleet, VpnGateway } from '../../functions/core/fleet.ts';
import { durationMs } from '../../functions/core/units.ts';
import { MASKED, OTHER, connection, fleet, gateway, readable, withTunnels } from './builders.ts';

const failed = (code: string, status: number | null) =>
  classify({ operation: 'X', code, status, requestId: null, retryAfterMs: null });

describe('a permission, from a call about what is there', () => {
  test.each([
    [{ kind: 'ok', value: null } as const, 'ok'],
    [failed('Forbidden.RAM', 403), 'failed'],
    [failed('Forbidden.ResourceNotFound', 404), 'attention'],
    [failed('InvalidParameter', 400), 'failed'],
    [failed('Throttling.User', 400), 'open'],
    [failed('ServiceUnavailable', 503), 'failed'],
  ])('%j', (outcome, state) => {
    expect(permission('x', outcome, 'what is there').state).toBe(state);
  });
});

describe('a permission to write, from a call about nothing', () => {
  test.each([
    [failed('InvalidVpnConnectionInstanceId.NotFound', 404), 'ok'],
    [failed('Forbidden.RAM', 403), 'failed'],
    [failed('MissingParameter', 400), 'open'],
  ])('%j', (outcome, state) => expect(permission('x', outcome, 'missing').state).toBe(state));
});

describe('a caller that is known to be wrong is told what', () => {
  test.each([
    ['InvalidCredentials', 'no credentials'],
    ['InvalidAccessKeyId.NotFound', 'the access key is unknown'],
    ['SignatureDoesNotMatch', 'secret is wrong'],
    ['InvalidSecurityToken.Expired', 'temporary credentials are over'],
    ['IllegalTimestamp', 'clock is too far off'],
  ])('%s', (code, found) => {
    expect(callerFault(failed(code, 400).error)?.found).toContain(found);
  });

  test('one that lacks a permission is not among them', () => {
    expect(callerFault(failed('Forbidden.RAM', 403).error)).toBeNull();
  });
});

test.each([
  [0, 'ok', 'within 2 s'],
  [-1999, 'ok', 'within 2 s'],
  [9999, 'ok', 'this machine is 10 s ahead'],
  [-12_000, 'attention', 'this machine is 12 s behind'],
  [900_000, 'failed', 'this machine is 900 s ahead'],
  [null, 'open', 'it does not say its time'],
])('a clock that is %s ms ahead is %s', (ahead, state, found) => {
  const check = clock('KMS', ahead === null ? null : durationMs(ahead));
  expect(check).toMatchObject({ state, found });
});

describe('a gateway', () => {
  const checked = (changes: Partial<VpnGateway>, world = fleet(connection())) =>
    gatewayChecks({ ...world, gateways: [gateway(changes)] })[0];

  test.each<readonly [string, Partial<VpnGateway>, string]>([
    ['with two paths for everything is well', {}, 'ok'],
    ['that is locked is not', { financialLocked: true }, 'failed'],
    ['with certificates is left alone', { shangMi: true }, 'ok'],
    ['in the making is waited for', { status: 'provisioning' }, 'attention'],
  ])('%s', (_, changes, state) => expect(checked(changes)?.state).toBe(state));

  test('with a connection that hangs on one tunnel names it', () => {
    const half = withTunnels(connection(), ({ role }) => ({
      sa: role === 'slave' ? 'down' : 'up',
    }));
    expect(checked({}, fleet(half))).toMatchObject({
      state: 'attention',
      found: 'no second path: vco-a',
    });
  });
});

describe('what an account shows of the unknown', () => {
  const answers = (world: Fleet) =>
    Object.fromEntries(settledByFleet(world).map(({ unknown, answer }) => [unknown, answer]));
  const masked = withTunnels(connection(), () => ({ key: MASKED }));
  const apart = withTunnels(connection(), ({ role }) =>
    role === 'slave' ? { key: readable(OTHER) } : {},
  );
  const other = withTunnels(connection({ vpnConnectionId: 'vco-b' }), () => ({
    key: readable(OTHER),
  }));

  test('how a key reads back', () => {
    expect(answers(fleet(connection()))['keyOnRead']).toBe('plain');
    expect(answers(fleet(masked))['keyOnRead']).toBe('masked');
    expect(answers(fleet(masked, other))['keyOnRead']).toBeNull();
    expect(answers(fleet())['keyOnRead']).toBeNull();
  });

  test('where tunnels on one customer gateway may differ', () => {
    expect(answers(fleet(connection()))['sameGatewayRule']).toBeNull();
    expect(answers(fleet(apart))['sameGatewayRule']).toBe(
      'not between the tunnels of one connection',
    );
    expect(answers(fleet(connection(), other))['sameGatewayRule']).toBe('not kept');
  });
});
