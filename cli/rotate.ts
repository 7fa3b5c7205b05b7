import { createInterface } from 'node:readline/promises';
import { KeyturnError } from '../functions/core/codes.ts';
import { exitOf } from '../functions/core/report.ts';
import { execute, planOnly } from '../functions/rotate/execute.ts';
import { planData } from '../functions/report/plan-data.ts';
import { planText } from '../functions/report/plan-text.ts';
import { reportTable } from '../functions/report/report-table.ts';
import { executionOf } from './execution.ts';
import type { CloudOptions } from './execution.ts';
import { print, printJson, progressOn, silentProgress, styleOf } from './output.ts';

export interface RotateOptions extends CloudOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly ignoreWindow?: boolean;
}

/** Rotates. Asks first unless told not to; without a terminal to ask on it refuses. Gives the exit status. */
export async function rotate(options: RotateOptions): Promise<number> {
  if (options.yes !== true && !(await confirmed(options))) {
    process.stderr.write('Nothing was written.\n');
    return 3;
  }
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) return;
    process.stderr.write('Stopping at the next safe point …\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const progress = options.json === true ? silentProgress : progressOn(process.stderr);
  try {
    const report = await execute(
      executionOf('rotate', options, { log: progress, stop: stop.signal }),
    );
    progress.close();
    if (options.json === true) printJson(report);
    else print(reportTable(report, styleOf(process.stdout, process.env)));
    return exitOf(report);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function confirmed(options: RotateOptions): Promise<boolean> {
  if (!process.stdin.isTTY || options.json === true) {
    throw new KeyturnError('setting-invalid', '--yes is needed where nobody can be asked.');
  }
  const { prepared } = await planOnly(
    executionOf('plan', options, { log: silentProgress, stop: null }),
  );
  process.stderr.write(`${planText(planData(prepared), styleOf(process.stderr, process.env))}\n`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question('Rotate now? Type yes: ')).trim() === 'yes';
  } finally {
    prompt.close();
  }
}
