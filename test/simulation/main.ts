/** `npm run sim -- --seed N --runs K`: K seeds from N on; prints what was met, or how to replay a failure. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { drawOptions } from './options.ts';
import { printTotals, unmet } from './print-totals.ts';
import { simulateBatch } from './seeds.ts';
import type { BatchEnd } from './seeds.ts';
import { shrink } from './shrink.ts';
import { addTotals, emptyTotals } from './totals.ts';
import { serveAsWorker, simulateAll } from './workers.ts';

/** From so many seeds on, a fault kind or switch value that was never met is a failure of the draw. */
const ENOUGH_SEEDS = 2_000;

// Errors are made by the thousand here (every repeated attempt is one), and nobody reads their stacks.
Error.stackTraceLimit = 0;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '500' },
      workers: { type: 'string', default: String(availableParallelism()) },
      quiet: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      trace: { type: 'boolean', default: false },
    },
  });
  const seeds = { first: Number(values.seed), count: Number(values.runs) };
  const started = Date.now();
  const { only } = values;
  const workers = values.trace || only !== '' ? 1 : Number(values.workers);
  const show = values.trace ? (lines: readonly string[]) => console.log(lines.join('\n')) : null;
  const ends =
    workers === 1
      ? [await simulateBatch({ first: seeds.first, size: seeds.count }, { show, only })]
      : await simulateAll(seeds, workers);
  const failure = ends.at(-1)?.failure ?? null;
  if (failure !== null) {
    await printFailure(failure, values.quiet);
    return 1;
  }
  const totals = emptyTotals();
  for (const end of ends) addTotals(totals, end.totals);
  const seconds = (Date.now() - started) / 1000;
  printTotals(totals, `${seeds.count} seeds from ${seeds.first}`, seconds, workers);
  const missing = seeds.count >= ENOUGH_SEEDS ? unmet(totals) : [];
  if (missing.length > 0) console.log(`never met: ${missing.join(', ')}`);
  console.log(`${seeds.count} passed, ${missing.length} failed`);
  return missing.length === 0 ? 0 : 1;
}

async function printFailure(
  { seed, violations }: NonNullable<BatchEnd['failure']>,
  quiet: boolean,
): Promise<void> {
  console.log(`seed ${seed} broke a promise:`);
  for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
  if (!quiet) {
    const options = drawOptions(seed);
    console.log(`options: ${JSON.stringify(options)}`);
    console.log(`shrunk options: ${JSON.stringify(await shrink(options, violations))}`);
    console.log(`replay: npm run sim -- --seed ${seed} --runs 1 --trace`);
  }
  console.log('0 passed, 1 failed');
}

// Simulated processes that were killed wait for ever; nothing is left to do when main has ended.
if (!serveAsWorker()) process.exit(await main());
