import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import { planData } from '../../functions/report/plan-data.ts';
import { movedSince, planFile, readPlanFile } from '../../functions/report/plan-file.ts';
import { connection, fleet, rotation, target, withTunnels } from '../core/builders.ts';
import { NOW, prepared } from './prepared.ts';

const FINGERPRINT = 'ab'.repeat(32);
const plan = planFile(
  { prepared: prepared(), fingerprint: FINGERPRINT },
  { now: NOW, regionId: 'cn-hangzhou' },
);

test('a plan that was stored is the plan that was made', () => {
  expect(readPlanFile(JSON.stringify(plan))).toEqual({ kind: 'plan', plan });
});

describe('what is no plan is refused with the rule', () => {
  test.each([
    ['no plan at all', 'must be JSON'],
    ['[]', 'schema must be keyturn/plan/1'],
    ['null', 'must be an object'],
    [JSON.stringify({ ...plan, schema: 'keyturn/report/1' }), 'schema must be keyturn/plan/1'],
    [JSON.stringify({ ...plan, fingerprint: 'ab' }), 'fingerprint must be 64 hex digits'],
    [JSON.stringify({ ...plan, regionId: 'x y' }), 'regionId must be the id of a region'],
    [JSON.stringify({ ...plan, secrets: ['vpn/*'] }), 'secrets must be a list of names'],
    [JSON.stringify({ ...plan, secrets: [] }), 'secrets must be a list of names'],
    [JSON.stringify({ ...plan, groups: [{}] }), 'groups must be a list'],
  ])('%j', (text, rule) => expect(readPlanFile(text)).toEqual({ kind: 'fault', rule }));
});

describe('what moved since then', () => {
  const now = (given: Parameters<typeof prepared>[0]) => planData(prepared(given));

  test('nothing, where nothing did', () => {
    expect(movedSince(plan, planData(prepared()))).toEqual([]);
  });

  test('a verdict', () => {
    const world = fleet(
      withTunnels(connection(), ({ role }) => ({ sa: role === 'slave' ? 'down' : 'up' })),
    );
    expect(movedSince(plan, now({ world }))).toEqual([
      'cn-hangzhou/vpn-1/cgw-1 was ready (ready) and is blocked (no-second-path)',
    ]);
  });

  test('steps', () => {
    const document = rotation([target({ settings: { ikePfs: 'group2' } })]);
    expect(movedSince(plan, now({ document }))).toEqual([
      'cn-hangzhou/vpn-1/cgw-1 would take other steps',
    ]);
  });

  test('groups that come and go, and secrets that break', () => {
    const world = fleet(withTunnels(connection(), () => ({ customerGatewayId: 'cgw-9' })));
    const unusable = new Map([['psk/b', reason('no-version')]]);
    expect(movedSince(plan, planData({ ...prepared({ world }), unusable }))).toEqual([
      'cn-hangzhou/vpn-1/cgw-1 is gone',
      'cn-hangzhou/vpn-1/cgw-9 was not in it',
      'psk/b cannot be used (no-version)',
    ]);
  });
});
