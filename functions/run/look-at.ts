import type { Reason } from '../core/codes.ts';
import { CODES } from '../core/codes.ts';
import { EMPTY_SHARD } from '../core/combine-reports.ts';
import type { ShardReport } from '../core/combine-reports.ts';
import { plansBySecret } from '../core/group-plan.ts';
import type { Run } from './context.ts';
import { groupReport, untouched } from './finish-group.ts';
import { prepare } from './prepare.ts';
import { unusableReports } from './promote-secrets.ts';

/**
 * The state of the groups of some secrets, for whoever cannot be told what was done there. `why` is given
 * for what is not as it should be.
 */
export async function lookAt(
  run: Run,
  names: readonly string[],
  why: Reason,
): Promise<ShardReport> {
  const prepared = await prepare(run, names, 'rotate');
  const left = CODES[why.code].exit === 3 ? 'waiting' : 'unknown';
  const groups = prepared.plans.map((plan) => {
    const { verdict, reason } = plan;
    return groupReport(
      verdict === 'ready' ? untouched(plan, left, why) : untouched(plan, verdict, reason),
    );
  });
  const plans = plansBySecret(prepared.plans);
  const secrets = prepared.secrets.map(({ aim, currentVersionId }) => {
    const name = aim.secretName;
    const mine = plans.get(name) ?? [];
    // Where a group is not converged, that says it all.
    const unpromoted = aim.promote && mine.every(({ verdict }) => verdict === 'converged');
    return {
      name,
      fromVersionId: currentVersionId,
      toVersionId: aim.versionId,
      promoted: false,
      reason: unpromoted ? why : null,
    };
  });
  return { ...EMPTY_SHARD, groups, secrets: [...secrets, ...unusableReports(prepared)] };
}
