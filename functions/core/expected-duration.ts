import type { GroupPlan } from './group-plan.ts';
import { durationMs, seconds } from './units.ts';
import type { DurationMs } from './units.ts';

/**
 * How long a gateway is taken to be in configuration after one change. No page gives a figure; the
 * provider's own tools look again after 10 s and give up after 5 minutes.
 */
export const WINDOW_GUESS = { least: seconds(5), most: seconds(120) } as const;
/** Read once the status is old enough to be believed (RUN_DEFAULTS.statusLagMs), or a minute later. */
export const PROOF_GUESS = { least: seconds(15), most: seconds(75) } as const;

export interface Span {
  readonly least: DurationMs;
  readonly most: DurationMs;
}

/**
 * What a run of these plans would take: the first alone, then side by side, where a lane has its changes
 * one after the other and a connection its changes and their proofs. In the order of the run; only `ready`
 * plans and restores belong here.
 */
export function expectedDuration(plans: readonly GroupPlan[]): Span {
  const [canary, ...rest] = plans;
  if (canary === undefined) return { least: durationMs(0), most: durationMs(0) };
  const total = (bound: keyof Span): DurationMs =>
    durationMs(longest([canary], bound) + longest(rest, bound));
  return { least: total('least'), most: total('most') };
}

function longest(plans: readonly GroupPlan[], bound: keyof Span): number {
  const window = WINDOW_GUESS[bound];
  const proof = PROOF_GUESS[bound];
  const lanes = new Map<string, number>();
  const connections = new Map<string, number>();
  for (const { group, steps } of plans) {
    for (const { tunnel, verifyOnly } of steps) {
      const written = verifyOnly ? 0 : window;
      const connection = `${tunnel.regionId}/${tunnel.vpnConnectionId}`;
      lanes.set(group.laneId, (lanes.get(group.laneId) ?? proof) + written);
      connections.set(connection, (connections.get(connection) ?? 0) + written + proof);
    }
  }
  return Math.max(0, ...lanes.values(), ...connections.values());
}
