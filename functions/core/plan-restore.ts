import type { Claim } from './claims.ts';
import { reason } from './codes.ts';
import type { CodeName } from './codes.ts';
import { holds } from './compare.ts';
import type { Holds, Wanted } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { TunnelRef } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { GroupPlan } from './group-plan.ts';
import { takenStepOf } from './steps.ts';
import type { Step } from './steps.ts';

/**
 * The rest of a restore that was killed, or the way back of a stepwise rotation that had its time: the
 * tunnels of a held group that still have the failed version, as steps whose `before` is what they go back
 * to. Null when there is nothing to go on with: all of the group has the failed version and is up (this
 * group did not fail), or none of it has. A tunnel that the version does not name never had it.
 */
export function planRestore(
  plan: GroupPlan,
  claim: Claim,
  stated: (ref: TunnelRef) => Wanted | null,
): GroupPlan | null {
  if (plan.rules.onFailure === 'hold') return null;
  const whole = claim.group.members.every((member) => stateOf(claim, member) === 'yes');
  if (whole && claim.group.members.every(({ tunnel }) => tunnel.sa === 'up')) return null;
  const steps = stepsBack(claim, stated);
  return steps.length === 0
    ? null
    : { ...plan, verdict: 'blocked', reason: reason('held', 'goes back'), steps, carried: [] };
}

/**
 * The restore that a person asks for: whatever the group's state, every tunnel that has the version goes
 * back. Where a key cannot be read nobody can tell whether the tunnel has it, so nothing is written.
 */
export function planAskedRestore(
  plan: GroupPlan,
  claim: Claim,
  stated: (ref: TunnelRef) => Wanted | null,
): GroupPlan {
  const end = (verdict: GroupPlan['verdict'], code: CodeName, steps: readonly Step[]) => ({
    ...plan,
    verdict,
    reason: reason(code, plan.group.id),
    steps,
    // What an earlier run changed is among the steps; it is not to be written twice.
    carried: [],
  });
  const blind = claim.group.members.some((member) => stateOf(claim, member) === 'unknown');
  if (blind) return end('unknown', 'restore-unreadable', []);
  const steps = stepsBack(claim, stated);
  return steps.length === 0 ? end('converged', 'put-back', []) : end('ready', 'ready', steps);
}

function stateOf(claim: Claim, member: Member): Holds {
  const wanted = claim.wanted.get(tunnelName(refOf(member)));
  return wanted === undefined ? 'no' : holds(member.tunnel, wanted);
}

/** A step for each tunnel that has the version and of which a stored version says what it had before. */
function stepsBack(claim: Claim, stated: (ref: TunnelRef) => Wanted | null): readonly Step[] {
  return claim.group.members.flatMap((member) => {
    const wanted = claim.wanted.get(tunnelName(refOf(member)));
    const all = stated(refOf(member));
    if (wanted === undefined || all === null) return [];
    // A version that names no key changed none: whatever key is live stays.
    const earlier = wanted.key === null ? { ...all, key: null } : all;
    if (stateOf(claim, member) !== 'yes' || holds(member.tunnel, earlier) === 'yes') return [];
    return [takenStepOf(member, wanted, earlier)];
  });
}
