import type { Claim } from './claims.ts';
import { reason } from './codes.ts';
import { differences, holds, restated } from './compare.ts';
import type { Wanted } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { TunnelRef } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { GroupPlan } from './group-plan.ts';
import { interruptionOf, writeCallOf } from './steps.ts';
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
  const holding = claim.group.members.flatMap((member) => {
    const wanted = claim.wanted.get(tunnelName(refOf(member)));
    return wanted !== undefined && holds(member.tunnel, wanted) === 'yes'
      ? [{ member, wanted }]
      : [];
  });
  const whole = holding.length === claim.group.members.length;
  if (whole && holding.every(({ member }) => member.tunnel.sa === 'up')) return null;
  const steps = holding.flatMap(({ member, wanted }) =>
    stepBack(member, wanted, stated(refOf(member))),
  );
  return steps.length === 0
    ? null
    : { ...plan, verdict: 'blocked', reason: reason('held', 'goes back'), steps };
}

function stepBack(member: Member, wanted: Wanted, stated: Wanted | null): Step[] {
  if (stated === null || holds(member.tunnel, stated) === 'yes') return [];
  const { connection, tunnel } = member;
  return [
    {
      tunnel: refOf(member),
      role: tunnel.role,
      index: tunnel.index,
      call: writeCallOf(connection),
      wanted,
      before: { key: stated.key, settings: { ...restated(tunnel), ...stated.settings } },
      after: { key: wanted.key, settings: { ...restated(tunnel), ...wanted.settings } },
      changes: differences(tunnel, stated),
      wasUp: tunnel.sa === 'up',
      interrupts: interruptionOf(connection, tunnel),
      verifyOnly: false,
    },
  ];
}
