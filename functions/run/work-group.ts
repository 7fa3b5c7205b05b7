import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { StepPhase } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import type { TunnelRef } from '../core/fleet.ts';
import type { ProofRule } from '../core/document.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { phasesOf } from '../core/steps.ts';
import type { Step } from '../core/steps.ts';
import type { Redacted } from '../core/redacted.ts';
import type { Proof, StepReport } from '../core/report.ts';
import type { Wanted } from '../core/compare.ts';
import type { EpochMs } from '../core/units.ts';
import { leaseLost, mustStop } from './context.ts';
import type { Run } from './context.ts';
import { isoTime } from './iso-time.ts';
import type { FailureBudget } from './failure-budget.ts';
import type { Locks, Watchers } from './lanes.ts';
import { prove } from './prove.ts';
import { writeTunnel } from './write-tunnel.ts';
import type { WriteJob, WriteResult } from './write-tunnel.ts';

/** The run-wide things that every group's work shares. */
export interface Floor {
  readonly run: Run;
  readonly locks: Locks;
  readonly watchers: Watchers;
  readonly budget: FailureBudget;
  /** Called for every finished step, in the order in which they finish. */
  record(step: StepReport): void;
}

/** What is known of one step of a group while the group is worked on. */
export interface StepState {
  readonly step: Step;
  /** True once a request may have changed the tunnel. */
  touched: boolean;
  /** The service said that it took the last request. */
  taken: boolean;
  holds: 'wanted' | 'before' | 'other' | 'unknown';
  proof: Proof;
  failure: Reason | null;
}

export interface GroupWork {
  readonly plan: GroupPlan;
  readonly states: readonly StepState[];
  readonly believed: Map<string, Redacted | null>;
  /** Touched steps in the order of their first write. */
  readonly order: StepState[];
  failure: Reason | null;
}

export function startWork(plan: GroupPlan): GroupWork {
  const fresh = (step: Step): StepState => ({
    step,
    touched: false,
    taken: false,
    holds: 'before',
    proof: 'none',
    failure: null,
  });
  const carried = plan.carried.map((step): StepState => ({
    ...fresh(step),
    touched: true,
    holds: 'wanted',
  }));
  return {
    plan,
    states: [...carried, ...plan.steps.map(fresh)],
    believed: new Map(plan.steps.map((step) => [tunnelName(step.tunnel), step.before.key])),
    order: [...carried],
    failure: null,
  };
}

/**
 * Applies a group's steps: all slaves, then all masters; within a phase the connections side by side as
 * far as the lane lets them, each proven before its other tunnel is touched. Stops at the first failure.
 */
export async function applyGroup(floor: Floor, work: GroupWork): Promise<void> {
  const { laneId } = work.plan.group;
  let ahead = work.plan.steps.length;
  for (const [number, phase] of phasesOf(work.plan.steps).entries()) {
    if (number > 0) await floor.locks.lane(laneId).turn();
    const states = work.states.filter((state) => phase.includes(state.step));
    await Promise.all(states.map((state) => applyStep(floor, work, state)));
    ahead -= phase.length;
    if (work.failure === null) continue;
    // Those are not to come any more.
    floor.watchers.expect(laneId, -ahead);
    return;
  }
}

async function applyStep(floor: Floor, work: GroupWork, state: StepState): Promise<void> {
  const { tunnel } = state.step;
  const connection = floor.locks.connection(tunnel.regionId, tunnel.vpnConnectionId);
  // Whoever waits for another step's proof does not keep the lane from the others.
  if (!connection.idle) floor.locks.lane(work.plan.group.laneId).passOn();
  await connection.do(async () => {
    if (work.failure !== null) {
      floor.watchers.expect(work.plan.group.laneId, -1);
      return;
    }
    const outcome = await takeStep(floor, work, state, 'apply');
    if (outcome === null) {
      state.holds = 'wanted';
      return;
    }
    state.failure = outcome;
    work.failure ??= outcome;
  });
}

/** Writes, reads back and proves one tunnel, forward or back. Null when it went well. */
export async function takeStep(
  floor: Floor,
  work: GroupWork,
  state: StepState,
  direction: 'apply' | 'restore',
): Promise<Reason | null> {
  const { run } = floor;
  const { step } = state;
  const { plan } = work;
  const lane = floor.watchers.lane(plan.group);
  const startedAt = run.ports.clock.now();
  const say = (phase: StepPhase, detail: string): void => {
    run.ports.log.event({
      kind: 'step',
      group: plan.group.id,
      tunnel: step.tunnel,
      direction,
      phase,
      detail,
    });
  };
  const job = jobOf(floor, work, { state, direction, report: say });
  const written = await floor.locks.lane(plan.group.laneId).do(async () => {
    const result = await writeTunnel(run, lane, job);
    noteWrite(work, state, job, result);
    if (direction === 'apply') floor.watchers.expect(plan.group.laneId, -1);
    return result;
  });
  const finish = (result: StepReport['result'], why: Reason | null): Reason | null => {
    say(result, why === null ? state.proof : why.code);
    floor.record(
      stepReport(state, direction, {
        result,
        why,
        requests: written.requests,
        startedAt,
        finishedAt: run.ports.clock.now(),
      }),
    );
    return result === 'failed' ? why : null;
  };
  if (written.kind === 'failed') return finish('failed', written.reason);
  if (written.seen === null) throw new Error('a write ended well without a look at its lane');
  say('proving', '');
  // What this run did not write need not negotiate again: it may have done so before anybody looked.
  const ours = direction === 'apply' && written.writtenAt !== null;
  const proved = await prove(run, lane, {
    tunnel: step.tunnel,
    wanted: job.wanted,
    rule: ours ? plan.rules.proof : backUp(plan.rules.proof),
    wasUp: step.wasUp,
    writtenAt: written.writtenAt ?? startedAt,
    sawDown: written.sawDown,
    seen: written.seen,
  });
  state.proof = proved.proof;
  if (proved.kind === 'failed') return finish('failed', proved.reason);
  return finish(written.kind === 'unneeded' ? 'unchanged' : 'done', null);
}

/**
 * A tunnel that is put back, or that has what is wanted without a write of this run, has to be up; whether it
 * negotiated again proves nothing about a known key.
 */
function backUp(rule: ProofRule): ProofRule {
  return rule.require === 'proven' ? { ...rule, require: 'established' } : rule;
}

/** What a restore puts back: the key and every setting as they were before this rotation. */
export function wantedBefore(step: Step): Wanted {
  return { key: step.before.key, settings: step.before.settings };
}

function jobOf(
  floor: Floor,
  work: GroupWork,
  part: {
    readonly state: StepState;
    readonly direction: 'apply' | 'restore';
    readonly report: WriteJob['report'];
  },
): WriteJob {
  const { plan } = work;
  const { direction, report } = part;
  const { step } = part.state;
  const [secret] = plan.secrets;
  return {
    step,
    vpnGatewayId: plan.group.vpnGatewayId,
    wanted: direction === 'apply' ? step.wanted : wantedBefore(step),
    direction,
    secretName: secret?.name ?? '',
    versionId: secret?.versionId ?? '',
    stop: () => (direction === 'apply' ? stopOf(floor, work) : stopBack(floor, work)),
    siblings: [
      ...new Set(plan.group.members.map((member) => member.connection.vpnConnectionId)),
    ].filter((id) => id !== step.tunnel.vpnConnectionId),
    keepSecondPath: !plan.rules.allowInterruption,
    believedKey: (ref: TunnelRef) => work.believed.get(tunnelName(ref)) ?? null,
    report,
  };
}

/** Why the next write must not start: the run ends, or this group would be begun with the budget spent. */
function stopOf({ run, budget }: Floor, work: GroupWork): Reason | null {
  const stop = mustStop(run);
  if (stop !== null) return reason(stop, work.plan.group.id);
  return work.order.length === 0 ? budget.spent() : null;
}

/** A restore goes on past a deadline and a request to stop, not past its lease. */
function stopBack({ run }: Floor, { plan }: GroupWork): Reason | null {
  return leaseLost(run) ? reason('lease-lost', plan.group.id) : null;
}

function noteWrite(work: GroupWork, state: StepState, job: WriteJob, result: WriteResult): void {
  state.taken = result.taken;
  // What holds without a write of this run was written by an earlier one, or came along with a sibling's.
  const ours = result.touched || result.kind === 'unneeded';
  if (ours && !state.touched) {
    state.touched = true;
    work.order.push(state);
  }
  if (result.kind === 'failed') {
    if (result.touched) state.holds = 'unknown';
    return;
  }
  if (job.wanted.key !== null) work.believed.set(tunnelName(state.step.tunnel), job.wanted.key);
  state.holds = job.direction === 'apply' ? 'wanted' : 'before';
}

function stepReport(
  state: StepState,
  direction: 'apply' | 'restore',
  end: {
    readonly result: StepReport['result'];
    readonly why: Reason | null;
    readonly requests: number;
    readonly startedAt: EpochMs;
    readonly finishedAt: EpochMs;
  },
): StepReport {
  return {
    ...state.step.tunnel,
    direction,
    result: end.result,
    reason: end.why,
    requests: end.requests,
    proof: state.proof,
    startedAt: isoTime(end.startedAt),
    finishedAt: isoTime(end.finishedAt),
  };
}
