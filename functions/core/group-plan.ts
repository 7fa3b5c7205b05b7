import type { Reason } from './codes.ts';
import type { Wanted } from './compare.ts';
import type { ProofRule } from './document.ts';
import type { Group } from './groups.ts';
import type { Step } from './steps.ts';

/** The options that hold for a group: the strictest of the documents that claim it. */
export interface GroupRules {
  readonly proof: ProofRule;
  readonly onFailure: 'restore' | 'hold';
  readonly allowInterruption: boolean;
  readonly stepwise: { readonly followWithinHours: number } | null;
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

/** The order in which a run begins groups: the smallest is the canary, whose failure costs least. */
export function runOrder(plans: readonly GroupPlan[]): GroupPlan[] {
  return plans.toSorted((a, b) => a.steps.length - b.steps.length);
}
