import { planData, planExit } from '../functions/report/plan-data.ts';
import { statusData } from '../functions/report/status-data.ts';
import { statusText } from '../functions/report/status-text.ts';
import { systemClock } from '../functions/rotate/system.ts';
import { executionOf, narrowed } from './execution.ts';
import type { SelectionOptions } from './execution.ts';
import { show } from './output.ts';

/** Shows where every secret and group stands. Gives the exit status. */
export async function status(options: SelectionOptions): Promise<number> {
  const { planned } = await narrowed(executionOf('plan', options), options.only);
  show(statusData(planned.prepared, systemClock.now()), options.json, statusText);
  return planExit(planData(planned.prepared));
}
