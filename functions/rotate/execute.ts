import { reason } from '../core/codes.ts';
import type { Report } from '../core/report.ts';
import { restore, rotate } from '../run/rotate.ts';
import { deferred } from '../run/run-report.ts';
import { begin, staleness } from './wire.ts';
import type { Execution } from './wire.ts';

export type { Execution };

/**
 * Carries out a command: rotates, takes back, or only plans. Throws a KeyturnError where nothing could even
 * be begun.
 */
export async function execute(execution: Execution): Promise<Report> {
  const { run, request } = begin(execution);
  const { action } = execution.command;
  if (action === 'plan') {
    const { planRun } = await import('../run/plan-run.ts');
    return planRun(run, request);
  }
  const stale = staleness(execution);
  if (stale !== null) return deferred(run, request, reason('trigger-stale', stale));
  return action === 'restore' ? restore(run, request, engine) : rotate(run, request, engine);
}

async function engine() {
  const [work, { keepHeapSmall }] = await Promise.all([
    import('../run/work.ts'),
    import('./small-heap.ts'),
  ]);
  keepHeapSmall();
  return work;
}
