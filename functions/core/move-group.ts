import type { Verdict } from './codes.ts';
import { onGateway } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { GroupPlan } from './group-plan.ts';
import { refOf } from './groups.ts';
import { orderOf, stepOf } from './steps.ts';
import type { Step } from './steps.ts';

/**
 * Whether a group may go over to another customer gateway: its documents say so, it has connections that
 * must agree, and every one of them is changed by the call that can name a customer gateway.
 */
export function mayMove({ rules, group }: GroupPlan): boolean {
  const connections = new Set(group.members.map(({ connection }) => connection));
  return (
    rules.groupStrategy === 'replace-customer-gateway' &&
    connections.size > 1 &&
    [...connections].every(({ kind }) => kind === 'dual-tunnel')
  );
}

/**
 * The plan with every tunnel on another customer gateway, which its write names together with the key. One
 * after the other they leave the old gateway, where all have the old key, for the new one, where all have
 * the new key: so no two on one gateway ever differ.
 */
export function movedTo(plan: GroupPlan, customerGatewayId: string): GroupPlan {
  const wanted = new Map(
    [...plan.wanted].map(([name, wish]) => [name, onGateway(wish, customerGatewayId)] as const),
  );
  const known = new Map(plan.steps.map((step) => [tunnelName(step.tunnel), step]));
  const steps = plan.group.members.flatMap((member): Step[] => {
    const name = tunnelName(refOf(member));
    const wish = wanted.get(name);
    const planned = known.get(name);
    // A stepwise rotation takes only those that it has planned for this run, and waits for none.
    const later = planned === undefined && plan.finish === 'wait';
    if (wish === undefined || later) return [];
    const step = stepOf(member, wish, { key: planned?.before.key ?? null, settings: {} });
    return [{ ...step, wasUp: planned?.wasUp ?? step.wasUp }];
  });
  return { ...plan, wanted, steps: steps.toSorted((a, b) => orderOf(a) - orderOf(b)) };
}

/** One group whose customer gateways may have been replaced. */
export interface Moved {
  readonly plan: GroupPlan;
  /** No version of its documents waits for its promotion. */
  readonly settled: boolean;
}

/**
 * Of the groups at their end those at rest that have gone over to another customer gateway, now or, where
 * the fleet has `replaced` ones, in an earlier run. `unpromoted`: secrets with a version that waits for it.
 */
export function movedGroups(
  ends: readonly { readonly plan: GroupPlan; readonly verdict: Verdict }[],
  known: { readonly unpromoted: ReadonlySet<string>; readonly replaced: boolean },
): readonly Moved[] {
  return ends.flatMap(({ plan, verdict }) => {
    const atRest = verdict === 'converged' || verdict === 'restored';
    const moved = plan.steps.some(({ changes }) => changes.includes('customerGatewayId'));
    if (!atRest || !mayMove(plan) || (!known.replaced && !moved)) return [];
    return [{ plan, settled: plan.secrets.every(({ name }) => !known.unpromoted.has(name)) }];
  });
}
