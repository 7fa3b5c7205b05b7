import { outcomeOf } from '../core/report.ts';
import type { Report } from '../core/report.ts';
import { announce } from './announce.ts';
import { verdictOf } from './apply-groups.ts';
import type { Run } from './context.ts';
import { groupReport, untouched } from './finish-group.ts';
import { secretNames } from './gather.ts';
import { paced } from './governor.ts';
import { prepare } from './prepare.ts';
import { unusableReports } from './promote-secrets.ts';
import type { RotateRequest } from './rotate.ts';
import { heading } from './run-report.ts';

/** Gathers, checks and plans, and reports what a run would begin with. Writes nothing. */
export async function planRun(unpaced: Run, request: RotateRequest): Promise<Report> {
  const { run } = paced(unpaced);
  const startedAt = run.ports.clock.now();
  const names = await secretNames(run, request.secrets);
  run.ports.log.event({ kind: 'run-started', runId: run.runId, secrets: names });
  const prepared = await prepare(run, names, 'rotate');
  announce(run, prepared);
  const groups = prepared.plans.map((plan) =>
    groupReport(untouched(plan, verdictOf(plan), plan.reason)),
  );
  const secrets = unusableReports(prepared);
  const outcome = outcomeOf({ groups, secrets, wrote: false });
  run.ports.log.event({ kind: 'run-finished', outcome });
  return { ...heading(run, request, startedAt), outcome, groups, secrets, steps: [], warnings: [] };
}
