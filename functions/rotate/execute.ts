import { reason } from '../core/codes.ts';
import type { Report } from '../core/report.ts';
import { secretNames } from '../run/gather.ts';
import { fingerprintOf, prepare } from '../run/prepare.ts';
import type { Prepared } from '../run/prepare.ts';
import { paced } from '../run/governor.ts';
import { planRun, restore, rotate } from '../run/rotate.ts';
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
  if (action === 'plan') return planRun(run, request);
  const stale = staleness(execution);
  if (stale !== null) return deferred(run, request, reason('trigger-stale', stale));
  return action === 'restore' ? restore(run, request) : rotate(run, request);
}

/** What a plan is made from, what it says, and what `Execution.approved` asks for to have just that done. */
export interface Planned {
  readonly prepared: Prepared;
  readonly fingerprint: string;
  readonly runId: string;
}

/** Gathers, checks and plans what the command would do, and writes nothing. */
export async function planOnly(execution: Execution): Promise<Planned> {
  const { run: unpaced, request } = begin(execution);
  const { run } = paced(unpaced);
  const names = await secretNames(run, request.secrets);
  const purpose = execution.command.action === 'restore' ? 'restore' : 'rotate';
  const prepared = await prepare(run, names, purpose);
  return { prepared, fingerprint: fingerprintOf(run, prepared), runId: run.runId };
}
