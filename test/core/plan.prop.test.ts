import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SETTING_NAMES, holds } from '../../functions/core/compare.ts';
import { tunnelName } from '../../functions/core/fleet.ts';
import type { Fleet, Tunnel } from '../../functions/core/fleet.ts';
import { refOf } from '../../functions/core/groups.ts';
import type { GroupPlan } from '../../functions/core/group-plan.ts';
import { orderOf } from '../../functions/core/steps.ts';
import type { Step } from '../../functions/core/steps.ts';
import {
  OTHER,
  applied,
  claimant,
  claimed,
  fleets,
  namedSettings,
  planned,
  rotationsFor,
} from './builders.ts';

/** A fleet, one or two documents over it, and what is planned. */
const worlds = ({ masked }: { readonly masked: boolean }) =>
  fleets({ masked }).chain((world) =>
    fc
      .tuple(rotationsFor(world), fc.option(rotationsFor(world), { nil: undefined }), fc.boolean())
      .map(([first, second, promote]) => {
        const mine = [
          claimant(first, 'psk/a'),
          ...(second === undefined ? [] : [claimant(second, 'psk/b')]),
        ];
        const believed = () => ({ key: OTHER, settings: {} });
        const states = { 'psk/a': { promote, believed }, 'psk/b': { promote } };
        return { world, mine, states, plans: planned(world, mine, states) };
      }),
  );

const stepsOf = (plans: readonly GroupPlan[]): readonly Step[] =>
  plans.flatMap((plan) => plan.steps);

const writesOf = (plans: readonly GroupPlan[]): readonly Step[] =>
  stepsOf(plans).filter((step) => !step.verifyOnly);

const tunnelsOf = (world: Fleet): ReadonlyMap<string, Tunnel> =>
  new Map(
    world.connections.flatMap((connection) =>
      connection.tunnels.map((tunnel) => [tunnelName(refOf({ connection, tunnel })), tunnel]),
    ),
  );

test('planning is pure: the same world gives the same plan', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ world, mine, states, plans }) => {
      expect(planned(world, mine, states)).toEqual(plans);
    }),
  );
});

test('a tunnel has one step at most, and only where a document names it', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ plans, mine }) => {
      const names = stepsOf(plans).map((step) => tunnelName(step.tunnel));
      expect(new Set(names).size).toBe(names.length);
      const named = mine.flatMap(({ document }) => document.targets).map(tunnelName);
      expect(names.filter((name) => !named.includes(name))).toEqual([]);
    }),
  );
});

test('what holds is written by no step', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ world, plans }) => {
      const tunnels = tunnelsOf(world);
      const needless = writesOf(plans).filter(
        (step) => holds(tunnels.get(tunnelName(step.tunnel))!, step.wanted) === 'yes',
      );
      expect(needless).toEqual([]);
    }),
  );
});

test('once the steps are taken and the tunnels are up, none is left', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ world, mine, states, plans }) => {
      const after = applied(world, plans);
      const up = after.connections.map((one) => ({
        ...one,
        tunnels: one.tunnels.map((tunnel) => ({ ...tunnel, sa: 'up' as const })),
      }));
      expect(stepsOf(planned({ ...after, connections: up }, mine, states))).toEqual([]);
    }),
  );
});

test('slaves before masters, and phases never go back', () => {
  fc.assert(
    fc.property(worlds({ masked: false }), ({ plans }) => {
      for (const { steps } of plans) {
        const orders = steps.map(orderOf);
        expect(orders).toEqual(orders.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('every write restates what no document names and sends what one does', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ world, plans }) => {
      const tunnels = tunnelsOf(world);
      for (const { tunnel, before, after, wanted } of writesOf(plans)) {
        const read = tunnels.get(tunnelName(tunnel))!;
        const named = namedSettings(wanted.settings);
        for (const name of SETTING_NAMES) {
          const source = named.includes(name) ? wanted.settings : read.settings;
          expect(after.settings[name]).toBe(source[name]);
        }
        const live = read.key.kind === 'readable' ? read.key.key : before.key;
        expect(after.key).toEqual(wanted.key ?? live);
        expect('customerGatewayId' in after.settings).toBe(named.includes('customerGatewayId'));
      }
    }),
  );
});

test('half a group, or two wishes for one tunnel, is blocked and has no write', () => {
  let seen = 0;
  fc.assert(
    fc.property(worlds({ masked: true }), ({ world, mine, plans }) => {
      for (const claim of claimed(world, mine)) {
        const wishes = claim.claimants.map(({ document }) =>
          claim.group.members.map((member) => {
            const ref = refOf(member);
            const target = document.targets.find((one) => tunnelName(one) === tunnelName(ref));
            return target === undefined
              ? null
              : JSON.stringify([target.key?.expose() ?? null, sorted(target.settings)]);
          }),
        );
        const partial = wishes.some((list) => list.includes(null));
        const contradictory = new Set(wishes.map((list) => JSON.stringify(list))).size > 1;
        const plan = plans.find((one) => one.group.id === claim.group.id)!;
        expect(claim.fault !== null).toBe(partial || contradictory);
        if (claim.fault === null) continue;
        seen += 1;
        expect(plan).toMatchObject({ verdict: 'blocked', reason: claim.fault, steps: [] });
      }
    }),
  );
  expect(seen).toBeGreaterThan(0);
});

const sorted = (settings: object) =>
  Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));

test('a document with a blocked group has no group that is ready', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ plans }) => {
      const blocked = new Set(
        plans
          .filter((plan) => plan.verdict === 'blocked')
          .flatMap((plan) => plan.secrets.map((secret) => secret.name)),
      );
      const ready = plans.filter((plan) => plan.verdict === 'ready');
      expect(ready.flatMap((plan) => plan.secrets).filter(({ name }) => blocked.has(name))).toEqual(
        [],
      );
    }),
  );
});

test('a ready group has something to restore to and cuts no only path, unless the document says so', () => {
  fc.assert(
    fc.property(worlds({ masked: true }), ({ plans }) => {
      for (const { steps, rules } of plans.filter((plan) => plan.verdict === 'ready')) {
        expect(steps.filter((step) => step.before.key === null)).toEqual([]);
        expect(
          rules.allowInterruption || steps.every((step) => step.interrupts !== 'only-path'),
        ).toBe(true);
      }
    }),
  );
});
