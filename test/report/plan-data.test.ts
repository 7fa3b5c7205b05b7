import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import type { CodeName } from '../../functions/core/codes.ts';
import { planRestore } from '../../functions/core/plan-restore.ts';
import { planData, planExit } from '../../functions/report/plan-data.ts';
import {
  NEW,
  OLD,
  claimant,
  claimed,
  connection,
  fleet,
  readable,
  rotation,
  target,
  tunnel,
  withTunnels,
} from '../core/builders.ts';
import { prepared } from './prepared.ts';

test('a key is named by the versions it goes from and to, a setting by its values', () => {
  const document = rotation([target({ settings: { ikePfs: 'group20' } })]);
  const { groups } = planData(prepared({ document }));
  expect(
    groups[0]?.steps.map(({ tunnelId, role, changes }) => ({ tunnelId, role, changes })),
  ).toEqual(
    (['slave', 'master'] as const).map((role) => ({
      tunnelId: role === 'slave' ? 'vco-a-s' : 'vco-a-m',
      role,
      changes: [
        { field: 'key', from: 'version v1', to: 'version v2' },
        { field: 'ikePfs', from: 'group14', to: 'group20' },
      ],
    })),
  );
});

test('of a certificate it is only said that there is one', () => {
  const document = rotation([target({ settings: { remoteCaCertificate: 'example-certificate' } })]);
  const world = fleet(
    withTunnels(connection(), (old) => ({
      settings: { ...old.settings, remoteCaCertificate: 'example-other-certificate' },
    })),
  );
  const plan = planData(prepared({ world, document }));
  expect(plan.groups[0]?.steps[0]?.changes).toContainEqual({
    field: 'remoteCaCertificate',
    from: 'a certificate',
    to: 'a certificate',
  });
  expect(JSON.stringify(plan)).not.toContain('example-');
});

test('a version put straight in as current replaces whatever is live', () => {
  const { secrets, ...rest } = prepared();
  const direct = secrets.map((secret) => ({ ...secret, aim: { ...secret.aim, promote: false } }));
  const [group] = planData({ ...rest, secrets: direct }).groups;
  expect(group?.steps[0]?.changes).toEqual([
    { field: 'key', from: 'the live key', to: 'version v2' },
  ]);
});

test('groups stand in the order of a run: the smallest is the canary', () => {
  const small = connection({
    vpnConnectionId: 'vco-z',
    kind: 'attachment',
    vpnGatewayId: null,
    tunnels: [
      tunnel({ tunnelId: 'z-1', role: 'equal', index: 1, key: readable(NEW) }),
      tunnel({ tunnelId: 'z-2', role: 'equal', index: 2 }),
    ],
  });
  const world = fleet(connection(), small);
  const document = rotation([target(), target({ path: 'targets[1]', vpnConnectionId: 'vco-z' })]);
  const { groups } = planData(prepared({ world, document }));
  expect(groups.map(({ id, steps }) => [id, steps.length])).toEqual([
    ['cn-hangzhou/vco-z/cgw-1', 1],
    ['cn-hangzhou/vpn-1/cgw-1', 2],
  ]);
});

test('a restore that a run goes on with takes the place of its group', () => {
  const world = fleet(withTunnels(connection(), () => ({ key: readable(NEW), sa: 'down' })));
  const given = prepared({ world });
  const [claim] = claimed(world, [claimant()]);
  const plans = given.plans.flatMap((plan) =>
    claim === undefined ? [] : (planRestore(plan, claim, () => ({ key: OLD, settings: {} })) ?? []),
  );
  const { groups } = planData({ ...given, restores: plans });
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ direction: 'restore', reason: { code: 'held' } });
  expect(groups[0]?.steps[0]?.changes).toEqual([
    { field: 'key', from: 'version v2', to: 'the key before it' },
  ]);
});

describe('the exit status', () => {
  const exitOf = (...codes: readonly CodeName[]) =>
    planExit({
      groups: [],
      unusable: codes.map((code) => ({ name: 'psk/a', reason: reason(code) })),
    });

  test.each([
    [0, []],
    [3, ['peer-not-ready']],
    [4, ['peer-not-ready', 'document-invalid']],
    [2, ['document-invalid', 'read-failed', 'peer-not-ready']],
  ] as const)('is %i for what stands most in the way of a run', (exit, codes) => {
    expect(exitOf(...codes)).toBe(exit);
  });
});
