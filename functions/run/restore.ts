import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { holds } from '../core/compare.ts';
import { tunnelName } from '../core/fleet.ts';
import { orderOf } from '../core/steps.ts';
import { LABELS } from '../core/versions.ts';
import { ensureLabel } from './labels.ts';
import { takeStep } from './work-group.ts';
import type { Floor, GroupWork } from './work-group.ts';

/** Marks the versions as failed, so that no later run tries them again. The first reason that stood in the way. */
export async function holdVersions(floor: Floor, work: GroupWork): Promise<Reason | null> {
  let failed: Reason | null = null;
  for (const secret of work.plan.secrets) {
    failed ??= await ensureLabel(floor.run, secret.name, LABELS.held, secret.versionId);
  }
  return failed;
}

/**
 * Puts every changed tunnel of a group back: masters before slaves, newest first, one at a time; the
 * mirror image of the way forward. Where a master does not come up again, no slave is touched. Null when all are as they were, else which are not.
 */
export async function restoreGroup(floor: Floor, work: GroupWork): Promise<Reason | null> {
  await findCarriedAlong(floor, work);
  const backwards = work.order.toReversed().sort((a, b) => orderOf(b.step) - orderOf(a.step));
  const stuck: string[] = [];
  let stuckIn: number | null = null;
  for (const state of backwards) {
    const { tunnel } = state.step;
    // A service that keeps siblings on one key would take the other tunnel of a stuck connection down too.
    const risky = stuckIn !== null && orderOf(state.step) !== stuckIn;
    if (risky && !work.plan.rules.allowInterruption) {
      stuck.push(`${tunnelName(tunnel)} (left as it is)`);
      continue;
    }
    const failed = await floor.locks
      .connection(tunnel.regionId, tunnel.vpnConnectionId)
      .do(() => takeStep(floor, work, state, 'restore'));
    if (failed === null) continue;
    state.failure = failed;
    stuckIn ??= orderOf(state.step);
    stuck.push(`${tunnelName(tunnel)} (${failed.code})`);
  }
  return stuck.length === 0 ? null : reason('restore-failed', stuck.join(', '));
}

/** A service that keeps siblings on one key changes tunnels that this run has not come to yet. */
async function findCarriedAlong(floor: Floor, work: GroupWork): Promise<void> {
  const waiting = work.states.filter((state) => !state.touched);
  if (waiting.length === 0) return;
  const looked = await floor.watchers.lane(work.plan.group).read();
  if (looked.kind !== 'ok') return;
  for (const state of waiting) {
    const { tunnel, wanted } = state.step;
    const connection = looked.value.connections.get(tunnel.vpnConnectionId);
    const found = connection?.tunnels.find((other) => other.tunnelId === tunnel.tunnelId);
    if (found === undefined || holds(found, wanted) !== 'yes') continue;
    state.touched = true;
    work.order.push(state);
  }
}
