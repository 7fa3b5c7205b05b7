import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import { holds } from './compare.ts';
import { tunnelName } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { GroupPlan, PlanVerdict } from './group-plan.ts';
import { orderOf } from './steps.ts';
import type { Step } from './steps.ts';

/**
 * Cuts a ready plan down to what a stepwise rotation may do in this run: only the first phase of tunnels
 * that does not yet hold and have come up with the next key. Nothing is waited for, since the far end is
 * changed by people. What the tunnels show is the only state: no run remembers another.
 */
export function planStepwise(ready: GroupPlan, now: { readonly overdue: boolean }): GroupPlan {
  const end = (verdict: PlanVerdict, why: Reason, steps: readonly Step[] = []): GroupPlan => ({
    ...ready,
    verdict,
    reason: why,
    finish: 'wait',
    steps,
  });
  if (now.overdue) return end('blocked', reason('stepwise-overdue', ready.group.id));
  const state = (member: Member) => {
    const wanted = ready.wanted.get(tunnelName(refOf(member)));
    return wanted === undefined ? 'yes' : holds(member.tunnel, wanted);
  };
  const { members } = ready.group;
  const unread = members.find(
    ({ connection, tunnel }) =>
      tunnel.key.kind !== 'readable' &&
      ready.wanted.get(tunnelName(refOf({ connection, tunnel })))?.key !== null,
  );
  if (unread !== undefined)
    return end('blocked', reason('stepwise-unreadable', tunnelName(refOf(unread))));
  const phase = Math.min(
    ...members
      .filter((member) => state(member) === 'no' || member.tunnel.sa !== 'up')
      .map((member) => orderOf(member.tunnel)),
  );
  const steps = ready.steps.filter((step) => !step.verifyOnly && orderOf(step) === phase);
  if (steps.length === 0) return end('waiting', reason('peer-follows', ready.group.id));
  return end(
    'ready',
    ready.reason,
    steps.map((step) => ({ ...step, wasUp: false })),
  );
}
