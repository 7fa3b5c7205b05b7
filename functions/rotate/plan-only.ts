import { secretNames } from '../run/gather.ts';
import { paced } from '../run/governor.ts';
import { fingerprintOf, prepare } from '../run/prepare.ts';
import type { Prepared } from '../run/prepare.ts';
import { begin } from './wire.ts';
import type { Execution } from './wire.ts';

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
