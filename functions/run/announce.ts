import type { Run } from './context.ts';
import type { Prepared } from './prepare.ts';

/** Logs what a run is about to do with each group. */
export function announce(run: Run, { plans, restores }: Prepared): void {
  for (const applied of plans) {
    const plan = restores.find(({ group }) => group.id === applied.group.id) ?? applied;
    run.ports.log.event({
      kind: 'group-planned',
      group: plan.group.id,
      verdict: plan.verdict,
      reason: plan.reason.code,
      steps: plan.steps.map((step) => ({ ...step.tunnel, role: step.role })),
    });
  }
}
