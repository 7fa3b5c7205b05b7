import { KeyturnError, reason } from '../core/codes.ts';
import type { Report } from '../core/report.ts';
import { dispatch } from '../run/dispatch.ts';
import { deferred } from '../run/run-report.ts';
import { begin, staleness } from '../rotate/wire.ts';
import type { Execution } from '../rotate/wire.ts';

/** Hands a command's documents out in shards. A plan of one document is `rotate`'s affair. */
export async function dispatchCommand(execution: Execution): Promise<Report> {
  const { command, settings } = execution;
  if (command.action !== 'rotate') {
    throw new KeyturnError(
      'command-invalid',
      'event.action must be rotate: plan and restore are for the function rotate.',
    );
  }
  const { fcFunction: worker, shardsMax } = settings;
  if (worker === null) {
    throw new KeyturnError('setting-invalid', 'KEYTURN_FC_FUNCTION must name the function rotate.');
  }
  const { run, request } = begin(execution);
  const stale = staleness(execution);
  if (stale !== null) return deferred(run, request, reason('trigger-stale', stale));
  return dispatch(run, { ...request, worker, shardsMax });
}
