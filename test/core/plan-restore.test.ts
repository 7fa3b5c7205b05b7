import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSetting } from '../../functions/core/compare.ts';
import type { Wanted } from '../../functions/core/compare.ts';
import { reason } from '../../functions/core/codes.ts';
import { tunnelName } from '../../functions/core/fleet.ts';
import type { Tunnel, TunnelRef } from '../../functions/core/fleet.ts';
import { planAskedRestore, planRestore } from '../../functions/core/plan-restore.ts';
import {
  MASKED,
  NEW,
  OLD,
  OTHER,
  REGION,
  SETTINGS,
  claimant,
  claimed,
  connection,
  fleet,
  fleets,
  namedSettings,
  planned,
  readable,
  rotation,
  rotationsFor,
  target,
  withTunnels,
} from './builders.ts';

const held = reason('held', 'psk/a version v2');
const was = (): Wanted => ({ key: OLD, settings: {} });

function restore(
  world = fleet(connection()),
  document = rotation(),
  stated: (ref: TunnelRef) => Wanted | null = was,
) {
  const [plan] = planned(world, [claimant(document)], { 'psk/a': { held } });
  const [claim] = claimed(world, [claimant(document)]);
  return planRestore(plan!, claim!, stated);
}

const each = (change: (old: Tunnel) => Partial<Tunnel>) => fleet(withTunnels(connection(), change));
const slaveNew = each(({ role }) => (role === 'slave' ? { key: readable(NEW), sa: 'down' } : {}));

test('the tunnel with the failed version goes back to what was stated', () => {
  expect(
    restore(slaveNew, rotation(), () => ({ key: OLD, settings: { dpd: false } })),
  ).toMatchObject({
    verdict: 'blocked',
    reason: reason('held', 'goes back'),
    steps: [
      {
        tunnel: { regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: 'vco-a-s' },
        role: 'slave',
        index: null,
        call: 'ModifyTunnelAttribute',
        wanted: { key: NEW, settings: {} },
        before: { key: OLD, settings: { ...SETTINGS, dpd: false } },
        after: { key: NEW, settings: SETTINGS },
        changes: ['key', 'dpd'],
        wasUp: false,
        interrupts: 'nothing',
        verifyOnly: false,
      },
    ],
  });
});

test('what an earlier run changed is a step of the way back, and is carried along no more', () => {
  const slaveUp = each(({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));
  const [plan] = planned(slaveUp, [claimant(rotation())], { 'psk/a': { held } });
  const [claim] = claimed(slaveUp, [claimant(rotation())]);
  const [carried] = planned(slaveUp, [claimant(rotation())], {
    'psk/a': { promote: true, believed: was },
  });
  const back = planRestore({ ...plan!, carried: carried!.carried }, claim!, was);
  expect(carried!.carried).toHaveLength(1);
  expect(back).toMatchObject({ carried: [], steps: [{ tunnel: carried!.carried[0]!.tunnel }] });
});

test('a whole group that came up did not fail; one that did not come up goes back', () => {
  expect(restore(each(() => ({ key: readable(NEW) })))).toBeNull();
  const masterDown = each(({ role }) => ({
    key: readable(NEW),
    sa: role === 'master' ? 'down' : 'up',
  }));
  const steps = restore(masterDown)?.steps ?? [];
  expect(steps.map((step) => [step.tunnel.tunnelId, step.wasUp, step.interrupts])).toEqual([
    ['vco-a-m', false, 'nothing'],
    ['vco-a-s', true, 'only-path'],
  ]);
});

test('half a group goes back even where it came up', () => {
  const half = each(({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));
  expect(restore(half)?.steps.map((step) => step.tunnel.tunnelId)).toEqual(['vco-a-s']);
});

describe('nothing goes back', () => {
  test.each([
    ['none of the group has the failed version', each(() => ({})), rotation(), was],
    ['the key cannot be read', each(() => ({ key: MASKED })), rotation(), was],
    ['nobody knows what was there', slaveNew, rotation(), () => null],
    ['it was the same before', slaveNew, rotation(), () => ({ key: NEW, settings: {} })],
    ['a person shall look', slaveNew, rotation([target()], { onFailure: 'hold' }), was],
  ])('where %s', (_, world, document, stated) => {
    expect(restore(world, document, stated)).toBeNull();
  });

  test('of a tunnel that the failed version does not name', () => {
    const world = each(({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));
    const slaveOnly = rotation([target({ tunnelId: 'vco-a-s' })]);
    const steps = restore(world, slaveOnly, () => ({ key: OTHER, settings: {} }))?.steps ?? [];
    expect(steps.map((step) => step.tunnel.tunnelId)).toEqual(['vco-a-s']);
  });
});

describe('a restore that a person asks for', () => {
  const asked = (world = fleet(connection()), document = rotation()) => {
    const [plan] = planned(world, [claimant(document)], { 'psk/a': { held } });
    const [claim] = claimed(world, [claimant(document)]);
    return planAskedRestore(plan!, claim!, was);
  };
  const names = (...given: Parameters<typeof asked>) =>
    asked(...given).steps.map((step) => step.tunnel.tunnelId);

  test('takes back what came up, and what a person shall look at', () => {
    const whole = each(() => ({ key: readable(NEW) }));
    expect(names(whole, rotation([target()], { onFailure: 'hold' }))).toEqual([
      'vco-a-m',
      'vco-a-s',
    ]);
    expect(asked(whole)).toMatchObject({ verdict: 'ready', reason: { code: 'ready' } });
  });

  test('leaves a group alone in which a key cannot be read', () => {
    const world = each(({ role }) => ({ key: role === 'slave' ? MASKED : readable(NEW) }));
    expect(asked(world)).toMatchObject({
      verdict: 'unknown',
      reason: { code: 'restore-unreadable' },
      steps: [],
    });
  });

  test('has nothing to do where nothing has the version', () => {
    expect(asked()).toMatchObject({
      verdict: 'converged',
      reason: { code: 'put-back' },
      steps: [],
    });
    expect(names(each(() => ({ key: readable(OTHER) })))).toEqual([]);
  });

  test('keeps the live key of a version that names none', () => {
    const settings = rotation([target({ key: null, settings: { dpd: false } })]);
    const world = each(() => ({ key: readable(OTHER), settings: { ...SETTINGS, dpd: false } }));
    const [plan] = planned(world, [claimant(settings)], { 'psk/a': { held } });
    const [claim] = claimed(world, [claimant(settings)]);
    const back = planAskedRestore(plan!, claim!, () => ({ key: OLD, settings: { dpd: true } }));
    expect(back.steps.map((step) => [step.before.key, step.before.settings.dpd])).toEqual([
      [OTHER, true],
      [OTHER, true],
    ]);
  });
});

test('always: only tunnels that are seen with the failed version are touched', () => {
  const drawn = fleets({ masked: true }).chain((world) =>
    fc.tuple(fc.constant(world), rotationsFor(world)),
  );
  fc.assert(
    fc.property(drawn, ([world, document]) => {
      const mine = [claimant(document)];
      const plans = planned(world, mine, { 'psk/a': { held } });
      for (const [at, claim] of claimed(world, mine).entries()) {
        for (const step of planRestore(plans[at]!, claim, was)?.steps ?? []) {
          const wanted = claim.wanted.get(tunnelName(step.tunnel));
          const read = world.connections
            .find((one) => one.vpnConnectionId === step.tunnel.vpnConnectionId)
            ?.tunnels.find((one) => one.tunnelId === step.tunnel.tunnelId);
          expect(wanted).toBe(step.wanted);
          const seen = namedSettings(step.wanted.settings).map((name) => readSetting(read!, name));
          expect(seen).toEqual(
            namedSettings(step.wanted.settings).map((name) => step.wanted.settings[name]),
          );
          expect(read?.key).toEqual(
            step.wanted.key === null ? read?.key : readable(step.wanted.key),
          );
          const live = read?.key.kind === 'readable' ? read.key.key : null;
          expect(step.before.key).toBe(step.wanted.key === null ? live : OLD);
        }
      }
    }),
  );
});
