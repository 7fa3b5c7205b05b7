/** `npm run sim -- --seed N --runs K`: K seeds from N on; prints what was met, or how to replay a failure. */
import { parseArgs } from 'node:util';
import { FAULT_KINDS } from '../../local/faults.ts';
import { SWITCHES } from '../../local/switches.ts';
import { drawOptions } from './options.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '500' },
    quiet: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const seeds = Number(values.runs);
const started = Date.now();
const totals = { runs: 0, kills: 0, writes: 0 };
const faults = new Map<string, number>();
const reasons = new Map<string, number>();
const drawn = new Set<string>();
const combinations = new Set<string>();

for (let seed = first; seed < first + seeds; seed += 1) {
  const options = drawOptions(seed);
  for (const [name, value] of Object.entries(options.switches)) drawn.add(`${name}=${value}`);
  combinations.add(JSON.stringify(options.switches));
  const result = await simulate(options);
  if (values.trace) console.log(result.output.join('\n'));
  totals.runs += result.runs;
  totals.kills += result.kills;
  totals.writes += result.writes;
  for (const [kind, met] of result.faults) faults.set(kind, (faults.get(kind) ?? 0) + met);
  for (const [name, met] of result.reasons) reasons.set(name, (reasons.get(name) ?? 0) + met);
  if (result.violations.length > 0) {
    console.log(`seed ${seed} broke a promise:`);
    for (const violation of result.violations.slice(0, 5)) console.log(`  ${violation}`);
    if (!values.quiet) {
      const small = await shrink(options, result.violations);
      console.log(`shrunk options: ${JSON.stringify(small)}`);
      console.log(`replay: npm run sim -- --seed ${seed} --runs 1`);
    }
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}

const seconds = (Date.now() - started) / 1000;
const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, met]) => `  ${name.padEnd(34)} ${met}`)
    .join('\n');
const candidates = Object.values(SWITCHES).reduce((sum, list) => sum + list.length, 0);
console.log(`${seeds} seeds from ${first}: every promise kept`);
console.log(
  `  ${totals.runs} runs, ${totals.kills} kills, ${totals.writes} writes, ${combinations.size} switch combinations`,
);
console.log(
  `  ${drawn.size} of ${candidates} switch values, ${((seeds / seconds) * 60).toFixed(0)} seeds a minute`,
);
console.log(`faults met (${faults.size} of ${FAULT_KINDS.length} kinds):\n${table(faults)}`);
console.log(`outcomes and reasons:\n${table(reasons)}`);
console.log(`${seeds} passed, 0 failed`);
// Simulated processes that were killed wait for ever; nothing is left to do.
process.exit(0);
