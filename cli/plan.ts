import { planExit } from '../functions/report/plan-data.ts';
import { planFile } from '../functions/report/plan-file.ts';
import { planText } from '../functions/report/plan-text.ts';
import { systemClock } from '../functions/rotate/system.ts';
import { executionOf, narrowed, regionOf } from './execution.ts';
import type { SelectionOptions } from './execution.ts';
import { writeNew } from './files.ts';
import { show } from './output.ts';

export interface PlanOptions extends SelectionOptions {
  readonly out?: string;
}

/** Shows what `rotate` would do, and stores it where it is told to. Gives the exit status. */
export async function plan(options: PlanOptions): Promise<number> {
  const { execution, planned } = await narrowed(executionOf('plan', options), options.only);
  const data = planFile(planned, { now: systemClock.now(), regionId: regionOf(execution) });
  if (options.out !== undefined) writeNew(options.out, `${JSON.stringify(data, null, 2)}\n`);
  show(data, options.json, planText);
  if (options.out !== undefined && options.json !== true) {
    process.stderr.write(`Stored in ${options.out}. To do this and nothing else:\n`);
    process.stderr.write(`  keyturn rotate --plan ${options.out}\n`);
  }
  return planExit(data);
}
