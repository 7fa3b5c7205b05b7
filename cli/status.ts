import { planOnly } from '../functions/rotate/execute.ts';
import { systemClock } from '../functions/rotate/system.ts';
import { planData, planExit } from '../functions/report/plan-data.ts';
import { statusData, statusText } from '../functions/report/status-data.ts';
import { executionOf } from './execution.ts';
import type { CloudOptions } from './execution.ts';
import { print, printJson, silentProgress, styleOf } from './output.ts';

/** Shows where every secret and group stands. Gives the exit status. */
export async function status(options: CloudOptions): Promise<number> {
  const { prepared } = await planOnly(
    executionOf('plan', options, { log: silentProgress, stop: null }),
  );
  const data = statusData(prepared, systemClock.now());
  if (options.json === true) printJson(data);
  else print(statusText(data, styleOf(process.stdout, process.env)));
  return planExit(planData(prepared));
}
