import { reason } from '../core/codes.ts';
import type { CodeName, Reason, Verdict } from '../core/codes.ts';
import { tunnelName } from '../core/fleet.ts';
import { refOf } from '../core/groups.ts';
import { isHalfNew } from '../core/group-plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import type { GroupReport, TunnelReport } from '../core/report.ts';
import { holds } from '../core/compare.ts';
import { mayMove, movedTo } from '../core/move-group.ts';
import { ensureReplacement } from './customer-gateways.ts';
import { applyGroup, startWork, takeStep } from './work-group.ts';
import type { Floor, GroupWork } from './work-group.ts';
import { holdVersions, restoreGroup } from './restore.ts';

export interface GroupEnd {
  readonly plan: GroupPlan;
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly work: GroupWork | null;
}

/** Applies one group and, where it fails, holds its version and puts it back. */
export async function runGroup(floor: Floor, plan: GroupPlan): Promise<GroupEnd> {
  const work = await applyOrMove(floor, plan);
  const { failure } = work;
  if (failure !== null && work.order.length > 0 && !isStop(failure)) {
    floor.budget.spend(plan.group.id);
  }
  return endOf(floor, work, await conclude(floor, work));
}

/**
 * In place first. Only where the service refuses that, and nothing was touched, the group goes over to
 * another customer gateway, if its documents allow it.
 */
async function applyOrMove(floor: Floor, plan: GroupPlan): Promise<GroupWork> {
  const work = startWork(plan);
  await applyGroup(floor, work);
  const refused = work.failure?.code === 'same-gateway-rule' && work.order.length === 0;
  if (!refused || !mayMove(plan)) return work;
  const rehearsal = startWork(plan);
  const rehearsed = await rehearseWayBack(floor, rehearsal);
  if (rehearsed !== null) {
    // It wrote what was there: where the service took none of it, nothing was touched, arrived or not.
    const taken = rehearsal.states.some((state) => state.taken);
    return { ...(taken ? rehearsal : startWork(plan)), failure: rehearsed };
  }
  const replacement = await ensureReplacement(floor.run, plan);
  if (replacement.kind === 'failed') return { ...startWork(plan), failure: replacement.reason };
  const moving = startWork(movedTo(plan, replacement.customerGatewayId));
  await applyGroup(floor, moving);
  return moving;
}

const UNANSWERED = 'whether the way back would be taken is not known: the answer was lost';

/**
 * Writes the first tunnel as it is. A service that refuses even that finds the group's tunnels different
 * already (nobody knows whether it compares their identities) and would refuse the way back as well. A
 * lost answer says neither, and reading back says nothing where nothing had to change.
 */
async function rehearseWayBack(floor: Floor, work: GroupWork): Promise<Reason | null> {
  const first = work.states.find(({ touched }) => !touched);
  if (first === undefined) return null;
  const { regionId, vpnConnectionId } = first.step.tunnel;
  const failure = await floor.locks
    .connection(regionId, vpnConnectionId)
    .do(() => takeStep(floor, work, first, 'restore'));
  if (failure !== null || first.taken) return failure;
  return reason('replacement-failed', UNANSWERED);
}

/** Puts a group back: because a person asked for it, or where an earlier run did not finish. */
export async function resumeRestore(floor: Floor, plan: GroupPlan): Promise<GroupEnd> {
  const work = startWork(plan);
  for (const state of work.states) {
    state.touched = true;
    work.order.push(state);
  }
  await holdVersions(floor, work);
  const stuck = await restoreGroup(floor, work);
  const back =
    plan.verdict === 'blocked'
      ? reason('restored', 'an earlier run had begun it')
      : reason('put-back');
  return endOf(
    floor,
    work,
    stuck === null ? { verdict: 'restored', reason: back } : { verdict: 'mixed', reason: stuck },
  );
}

async function conclude(
  floor: Floor,
  work: GroupWork,
): Promise<{ readonly verdict: Verdict; readonly reason: Reason }> {
  const { failure, plan } = work;
  if (failure === null) {
    return plan.finish === 'wait'
      ? { verdict: 'waiting', reason: reason('master-follows') }
      : { verdict: 'converged', reason: reason('rotated') };
  }
  const stopped = isStop(failure);
  if (work.order.length === 0) {
    const { verdict } = untouched(plan, stopped ? 'waiting' : 'blocked', failure);
    return { verdict, reason: failure };
  }
  if (stopped) return { verdict: 'mixed', reason: failure };
  const unheld = await holdVersions(floor, work);
  if (plan.rules.onFailure === 'hold') {
    return { verdict: 'mixed', reason: reason('held-for-person', because(failure)) };
  }
  const stuck = await restoreGroup(floor, work);
  if (stuck !== null) return { verdict: 'mixed', reason: stuck };
  if (leftNew(work)) {
    return {
      verdict: 'mixed',
      reason: reason('restore-failed', 'the rest of the group had it before this run'),
    };
  }
  const label = unheld === null ? '' : `; KeyturnHeld is missing: ${unheld.detail}`;
  return { verdict: 'restored', reason: reason('restored', `${because(failure)}${label}`) };
}

/** Whether tunnels that this run did not put back were seen with the wanted key when it began. */
function leftNew({ plan, order }: GroupWork): boolean {
  const back = new Set(order.map(({ step }) => tunnelName(step.tunnel)));
  return plan.group.members.some((member) => {
    const name = tunnelName(refOf(member));
    const key = plan.wanted.get(name)?.key ?? null;
    return !back.has(name) && key !== null && holds(member.tunnel, { key, settings: {} }) === 'yes';
  });
}

/** The run had to stop; nothing is wrong with the group. */
const isStop = ({ code }: Reason): boolean => STOPS.has(code);
const STOPS: ReadonlySet<CodeName> = new Set(['out-of-time', 'cancelled', 'lease-lost']);

const because = (failure: Reason): string => `${failure.code}: ${failure.detail}`;

function endOf(
  floor: Floor,
  work: GroupWork,
  end: { readonly verdict: Verdict; readonly reason: Reason },
): GroupEnd {
  floor.run.ports.log.event({
    kind: 'group-finished',
    group: work.plan.group.id,
    verdict: end.verdict,
    reason: end.reason.code,
  });
  return { ...end, plan: work.plan, work };
}

/** A group that this run did not work on. What an earlier run left half done is said to be so. */
export function untouched(plan: GroupPlan, verdict: Verdict, why: Reason): GroupEnd {
  // Between two steps of a stepwise rotation it is so by intention, as long as that goes on.
  if ((plan.finish !== 'wait' || verdict !== 'waiting') && isHalfNew(plan))
    return { plan, verdict: 'mixed', reason: why, work: null };
  const blind = plan.group.members.some(({ tunnel }) => tunnel.key.kind !== 'readable');
  // A held group was touched, and one that this run had no time or no window for may have been by the run
  // before: without keys to read nobody can say how far that went.
  const unknown = blind && (why.code === 'held' || why.code === 'outside-window' || isStop(why));
  return { plan, verdict: unknown ? 'unknown' : verdict, reason: why, work: null };
}

export function groupReport({ plan, verdict, reason: why, work }: GroupEnd): GroupReport {
  const states = new Map(work?.states.map((state) => [tunnelName(state.step.tunnel), state]));
  const tunnels = plan.group.members.map((member): TunnelReport => {
    const state = states.get(tunnelName(refOf(member)));
    const wanted = plan.wanted.get(tunnelName(refOf(member)));
    const asRead = wanted === undefined ? 'unknown' : AS_READ[holds(member.tunnel, wanted)];
    const proof = member.tunnel.sa === 'up' ? 'established' : 'down';
    return {
      vpnConnectionId: member.connection.vpnConnectionId,
      tunnelId: member.tunnel.tunnelId,
      role: member.tunnel.role,
      holds: state?.holds ?? asRead,
      changed: state?.holds === 'wanted' ? state.step.changes : [],
      proof: state?.touched ? state.proof : proof,
    };
  });
  const { regionId, vpnGatewayId, customerGatewayId } = plan.group;
  const secrets = plan.secrets.map((secret) => secret.name);
  return { regionId, vpnGatewayId, customerGatewayId, verdict, reason: why, secrets, tunnels };
}

const AS_READ = { yes: 'wanted', no: 'before', unknown: 'unknown' } as const;
