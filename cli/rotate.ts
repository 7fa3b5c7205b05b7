import { KeyturnError } from '../functions/core/codes.ts';
import type { Action } from '../functions/core/command.ts';
import { exitOf } from '../functions/core/report.ts';
import { planData } from '../functions/report/plan-data.ts';
import type { PlanData } from '../functions/report/plan-data.ts';
import { movedSince, readPlanFile } from '../functions/report/plan-file.ts';
import type { PlanFile } from '../functions/report/plan-file.ts';
import { planText } from '../functions/report/plan-text.ts';
import { counted } from '../functions/report/time-text.ts';
import { reportTable } from '../functions/report/report-table.ts';
import { execute } from '../functions/rotate/execute.ts';
import { planOnly } from '../functions/rotate/plan-only.ts';
import type { Execution } from '../functions/rotate/execute.ts';
import { confirmed, notConfirmed, requireTerminal } from './confirm.ts';
import { executionOf, narrowed } from './execution.ts';
import type { SelectionOptions } from './execution.ts';
import { readText } from './files.ts';
import { progressOn, show, silentProgress, styleOf } from './output.ts';
import { stoppable } from './stop-signals.ts';

export interface RotateOptions extends SelectionOptions {
  readonly yes?: boolean;
  readonly ignoreWindow?: boolean;
  readonly plan?: string;
}

/** Rotates. Asks first unless told not to, or given a plan. Gives the exit status. */
export async function rotate(options: RotateOptions): Promise<number> {
  if (options.plan !== undefined) return rotateAsPlanned(options, options.plan);
  return change('rotate', options, 'Rotate now?');
}

/** Shows what the action would do, asks, does it, and shows the report. Gives the exit status. */
export async function change(
  action: Exclude<Action, 'plan'>,
  options: Omit<RotateOptions, 'plan'>,
  question: string,
): Promise<number> {
  if (options.yes !== true) requireTerminal(options.json);
  const asked = executionOf(action, options);
  if (options.yes === true && options.only === undefined) return carryOut(asked, options);
  const { execution, planned } = await narrowed(asked, options.only);
  if (options.yes !== true) {
    showPlan(planData(planned.prepared));
    if (!(await confirmed(question))) return notConfirmed();
  }
  return carryOut(execution, options);
}

/** What was approved needs no second question; what has moved since is not done. */
async function rotateAsPlanned(options: RotateOptions, path: string): Promise<number> {
  if (options.only !== undefined || options.secrets !== undefined) {
    throw new KeyturnError(
      'setting-invalid',
      '--plan says already which secrets; leave --secrets and --only out.',
    );
  }
  const plan = readPlan(path);
  const settled = {
    ...options,
    region: options.region ?? plan.regionId,
    secrets: plan.secrets.join(','),
  };
  if (settled.region !== plan.regionId) {
    throw new KeyturnError(
      'setting-invalid',
      '--region must be the one that the plan was made for.',
    );
  }
  const execution = { ...executionOf('rotate', settled), approved: plan.fingerprint };
  if (options.yes !== true) {
    requireTerminal(options.json);
    showPlan(plan);
    if (!(await confirmed(`Carry out the plan of ${plan.madeAt}?`))) return notConfirmed();
  }
  try {
    return await carryOut(execution, options);
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'plan-outdated') {
      const now = await planOnly(executionOf('plan', settled));
      throw new KeyturnError('plan-outdated', whatMoved(plan, planData(now.prepared)));
    }
    throw error;
  }
}

const MOVES_SHOWN = 4;

function whatMoved(plan: PlanFile, now: PlanData): string {
  const moved = movedSince(plan, now);
  const shown = moved.slice(0, MOVES_SHOWN);
  const hidden = moved.length - shown.length;
  const rest = hidden > 0 ? [`and ${counted(hidden, 'group')} more`] : [];
  const unlisted = 'a label, a setting or a status that the plan does not list';
  return `Since ${plan.madeAt}: ${moved.length === 0 ? unlisted : [...shown, ...rest].join('; ')}.`;
}

function readPlan(path: string): PlanFile {
  const read = readPlanFile(readText(path));
  if (read.kind === 'fault') throw new KeyturnError('file-invalid', `${path}: ${read.rule}.`);
  return read.plan;
}

function showPlan(plan: PlanData): void {
  process.stderr.write(`${planText(plan, styleOf(process.stderr, process.env))}\n`);
}

async function carryOut(
  execution: Execution,
  options: { readonly json?: boolean },
): Promise<number> {
  const progress = options.json === true ? silentProgress : progressOn(process.stderr);
  try {
    const report = await stoppable(progress, (stop) =>
      execute({ ...execution, log: progress, stop }),
    );
    progress.close();
    show(report, options.json, reportTable);
    return exitOf(report);
  } finally {
    progress.close();
  }
}
