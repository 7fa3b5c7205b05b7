import type { Reason } from './codes.ts';
import { holds } from './compare.ts';
import type { Wanted } from './compare.ts';
import type { GroupStrategy, ProofRule } from './document.ts';
import { tunnelName } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Group } from './groups.ts';
import type { Step } from './steps.ts';
import type { Window } from './window.ts';

/** The options that hold for a group: the strictest of the documents that claim it. */
export interface GroupRules {
  readonly proof: ProofRule;
  readonly onFailure: 'restore' | 'hold';
  readonly allowInterruption: boolean;
  readonly groupStrategy: GroupStrategy;
  readonly stepwise: { readonly followWithinHours: number } | null;
  /** Those of the documents; the group is begun only while all are open. */
  readonly windows: readonly Window[];
}

export type PlanVerdict = 'ready' | 'converged' | 'unknown' | 'waiting' | 'blocked';

export interface GroupPlan {
  readonly group: Group;
  readonly secrets: readonly { readonly name: string; readonly versionId: string }[];
  readonly verdict: PlanVerdict;
  readonly reason: Reason;
  readonly rules: GroupRules;
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** `wait`: a stepwise rotation, whose far end is changed by people before the next run goes on. */
  readonly finish: 'converge' | 'wait';
  /** In order: slaves before masters. Empty unless the verdict is `ready`, `blocked` or `waiting`. */
  readonly steps: readonly Step[];
  /** Tunnels that an earlier run of the same rotation has changed: they go back with the group if it fails. */
  readonly carried: readonly Step[];
}

/** Whether some tunnels are seen to have the wanted key and others are seen to have another. */
export function isHalfNew(plan: Pick<GroupPlan, 'group' | 'wanted'>): boolean {
  const states = plan.group.members.flatMap((member) => {
    const key = plan.wanted.get(tunnelName(refOf(member)))?.key ?? null;
    return key === null ? [] : [holds(member.tunnel, { key, settings: {} })];
  });
  return states.includes('yes') && states.includes('no');
}

/**
 * Whether an earlier run is seen to have left the group half done: that is finished at any time, since half
 * a group is what a maintenance window is there to avoid. A stepwise rotation is meant to stay so.
 */
export function isBegun(plan: GroupPlan): boolean {
  const left = plan.carried.length > 0 || plan.steps.some((step) => step.verifyOnly);
  return plan.finish === 'converge' && (left || isHalfNew(plan));
}

/** The order in which a run begins groups: the smallest is the canary, whose failure costs least. */
export function runOrder(plans: readonly GroupPlan[]): GroupPlan[] {
  return plans.toSorted((a, b) => a.steps.length - b.steps.length);
}

/** The plans of each secret, by its name, in the plans' order. */
export function plansBySecret(
  plans: readonly GroupPlan[],
): ReadonlyMap<string, readonly GroupPlan[]> {
  const bySecret = new Map<string, GroupPlan[]>();
  for (const plan of plans) {
    for (const { name } of plan.secrets) {
      const mine = bySecret.get(name);
      if (mine === undefined) bySecret.set(name, [plan]);
      else mine.push(plan);
    }
  }
  return bySecret;
}

/** Nothing but the time stands between the plan and its steps: they are what a later run takes. */
export function waitsForTime(plan: {
  readonly verdict: PlanVerdict;
  readonly reason: Reason;
}): boolean {
  const { code } = plan.reason;
  return plan.verdict === 'waiting' && (code === 'not-before' || code === 'outside-window');
}
