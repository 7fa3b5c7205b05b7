import { reason } from '../core/codes.ts';
import type { Reason, Verdict } from '../core/codes.ts';
import { isBegun, runOrder } from '../core/group-plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { mustStop } from './context.ts';
import { runGroup, untouched } from './finish-group.ts';
import type { GroupEnd } from './finish-group.ts';
import type { Prepared } from './prepare.ts';
import { closedWindow } from './windows.ts';
import type { Floor } from './work-group.ts';

/**
 * The canary alone, then the rest, lane by lane side by side. Gives every planned group's end, in the plan's
 * order.
 */
export async function applyGroups(
  floor: Floor,
  prepared: Prepared,
  known: {
    readonly restored: readonly GroupEnd[];
    /** Secrets that something stands in the way of, and what. */
    readonly unready: ReadonlyMap<string, Reason>;
    readonly canaryPassed: boolean;
    readonly onEnd: (end: GroupEnd) => void;
  },
): Promise<readonly GroupEnd[]> {
  const { restored, unready, canaryPassed, onEnd } = known;
  const ends = new Map<string, GroupEnd>();
  const note = (end: GroupEnd): void => {
    ends.set(end.plan.group.id, end);
    onEnd(end);
  };
  restored.forEach(note);
  const ready: GroupPlan[] = [];
  for (const plan of prepared.plans) {
    if (ends.has(plan.group.id)) continue;
    const why = plan.secrets.flatMap((secret) => unready.get(secret.name) ?? [])[0];
    if (why !== undefined) note(untouched(plan, 'blocked', why));
    else if (plan.verdict !== 'ready') note(untouched(plan, verdictOf(plan), plan.reason));
    else ready.push(plan);
  }
  const queue = runOrder(ready);
  const canary = canaryPassed ? null : await runCanary(floor, queue, note);
  await runRest(floor, queue, { canary, note });
  return prepared.plans.flatMap((plan) => ends.get(plan.group.id) ?? []);
}

/** What is said of a group that a run does not work on. */
export function verdictOf(plan: GroupPlan): Verdict {
  return plan.verdict === 'ready' ? 'waiting' : plan.verdict;
}

/**
 * The first group that can be worked on at all, alone: taken off the queue, and its end is the canary's.
 * One that was refused before anything was touched says nothing about the others, so the next is tried.
 */
async function runCanary(
  floor: Floor,
  queue: GroupPlan[],
  note: (end: GroupEnd) => void,
): Promise<GroupEnd | null> {
  for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) {
    const end = closedFor(floor, plan) ?? (await runGroup(floor, plan));
    note(end);
    if (end.verdict !== 'blocked' && end.reason.code !== 'outside-window') return end;
  }
  return null;
}

/** Ends when all groups of the queue have ended. Each is begun when its turn in its lane has come. */
function runRest(
  floor: Floor,
  queue: readonly GroupPlan[],
  { canary, note }: { readonly canary: GroupEnd | null; readonly note: (end: GroupEnd) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let open = queue.length;
    const ended = (end: GroupEnd): void => {
      note(end);
      open -= 1;
      if (open === 0) resolve();
    };
    for (const plan of queue) {
      const lane = floor.locks.lane(plan.group.laneId);
      lane.queueGroup(() => {
        const held = heldBack(floor, plan, canary);
        if (held === null) {
          runGroup(floor, plan)
            .then(ended)
            .then(() => lane.passOn())
            .catch(reject);
        } else ended(held);
        return held === null;
      });
    }
    if (open === 0) resolve();
  });
}

/**
 * The end of a group of the rest that must not be begun: only after a canary that went well, and only while
 * the run may go on. Null where it may be.
 */
function heldBack(floor: Floor, plan: GroupPlan, canary: GroupEnd | null): GroupEnd | null {
  const stop = mustStop(floor.run);
  if (stop !== null) return untouched(plan, 'waiting', reason(stop));
  const well = canary === null || canary.verdict === 'converged' || canary.verdict === 'waiting';
  if (!well) return untouched(plan, 'blocked', reason('canary-failed', canary.plan.group.id));
  const spent = floor.budget.spent();
  return spent === null ? closedFor(floor, plan) : untouched(plan, 'blocked', spent);
}

/** The end of a group whose window has closed since it was planned; null where it may be begun. */
function closedFor(floor: Floor, plan: GroupPlan): GroupEnd | null {
  const closed = isBegun(plan) ? null : closedWindow(floor.run, plan.rules.windows);
  return closed === null ? null : untouched(plan, 'waiting', closed);
}
