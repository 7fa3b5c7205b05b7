// Plants one bug at a time in a bundle of the simulation; each must break its promise. Names may be given.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CANARIES } from '../test/simulation/canaries.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Seeds that a canary may live: three times what the hardiest needed when it was planted. */
const SEEDS = 2_500;
/** A simulation that is still at it hangs: its seeds take about a minute on an idle core. */
const LIMIT_MS = 900_000;
/** Side by side: a simulation keeps one core busy. */
const AT_ONCE = 2;

/** Plants the edits while bundling; refuses when one of them fits nowhere or in two places. */
function planter({ edits }) {
  let planted = 0;
  return {
    name: 'canary',
    setup({ onLoad, onEnd }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).split(sep).join('/');
        const here = edits.filter((edit) => edit.file === file);
        if (here.length === 0) return undefined;
        let contents = await readFile(path, 'utf8');
        for (const { find, replace } of here) {
          const places = contents.split(find).length - 1;
          if (places !== 1) return { errors: [{ text: `${places} times in ${file}: ${find}` }] };
          contents = contents.replace(find, () => replace);
          planted += 1;
        }
        return { contents, loader: 'ts' };
      });
      onEnd(({ errors }) => {
        if (errors.length > 0 || planted === edits.length) return undefined;
        return { errors: [{ text: 'the simulation does not import a file that is edited' }] };
      });
    },
  };
}

async function bundle(canary) {
  const outfile = `${root}dist/sim/canary-${canary.name}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: ['test/simulation/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [planter(canary)],
  });
  return outfile;
}

/** Exit status, null for a simulation that was stopped, and what it printed. */
function simulate(outfile, only) {
  const args = [outfile, '--runs', String(SEEDS), '--quiet', '--only', `${only}:`];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: LIMIT_MS }, (error, stdout) =>
      resolve({ status: error === null ? 0 : error.code, stdout }),
    );
  });
}

/** What became of one canary, as a row of the table. */
async function release(canary) {
  let outfile;
  try {
    outfile = await bundle(canary);
  } catch (error) {
    const why = error.errors?.[0]?.text ?? error.message;
    return { caught: false, by: 'not planted', seeds: why };
  }
  const { promise } = canary;
  const by = promise === 'protocol' ? promise : `promise ${promise}`;
  const { status, stdout } = await simulate(outfile, by);
  const seeds = /^seed (\d+) broke/m.exec(stdout)?.[1];
  return status === 1 && seeds !== undefined
    ? { caught: true, by, seeds }
    : { caught: false, by: 'not caught', seeds: '-' };
}

const names = process.argv.slice(2);
const queue = CANARIES.filter(({ name }) => names.length === 0 || names.includes(name));
const totals = { passed: 0, failed: 0 };
async function work() {
  for (let canary = queue.shift(); canary !== undefined; canary = queue.shift()) {
    const { caught, by, seeds } = await release(canary);
    console.log(`${canary.name.padEnd(32)} ${by.padEnd(16)} ${seeds}`);
    totals[caught ? 'passed' : 'failed'] += 1;
  }
}
console.log(`${'canary'.padEnd(32)} ${'caught by'.padEnd(16)} seeds needed`);
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(`${totals.passed} passed, ${totals.failed} failed`);
// A name that no canary has must not look like success.
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
