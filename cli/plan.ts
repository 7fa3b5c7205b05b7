import { planOnly } from '../functions/rotate/execute.ts';
import { planData, planExit } from '../functions/report/plan-data.ts';
import { planText } from '../functions/report/plan-text.ts';
import { executionOf } from './execution.ts';
import type { CloudOptions } from './execution.ts';
import { print, printJson, silentProgress, styleOf } from './output.ts';

/** Shows what `rotate` would do. Gives the exit status. */
export async function plan(options: CloudOptions): Promise<number> {
  const { prepared } = await planOnly(
    executionOf('plan', options, { log: silentProgress, stop: null }),
  );
  const data = planData(prepared);
  if (options.json === true) printJson(data);
  else print(planText(data, styleOf(process.stdout, process.env)));
  return planExit(data);
}
