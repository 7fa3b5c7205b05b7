/**
 * `npm run interleave`: two runs of the real engine over a small fleet, every ordering of their API calls
 * with at most two preemptions, all checkers on. `--case N --schedule 3,17` plays one ordering and prints it.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './cases.ts';
import type { Case } from './cases.ts';
import { explore } from './explore.ts';
import type { Explored, Share } from './explore.ts';
import { play } from './play.ts';

const SERVE = '--serve';
Error.stackTraceLimit = 0;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      case: { type: 'string' },
      schedule: { type: 'string' },
      kill: { type: 'string', default: '0' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  if (values.schedule !== undefined) {
    return replay(Number(values.case ?? 0), values.schedule, Number(values.kill));
  }
  const workers = Number(values.workers);
  const chosen = CASES.filter((_, at) => values.case === undefined || at === Number(values.case));
  let failed = 0;
  for (const which of chosen) failed += await exploreAll(which, workers);
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Explores one case with all workers; prints its row, or how to replay its failure. Gives 1 for a failure. */
async function exploreAll(which: Case, workers: number): Promise<number> {
  const at = CASES.indexOf(which);
  const started = Date.now();
  const parts = await Promise.all(
    Array.from({ length: workers }, (_, part) => inWorker(at, { at: part, of: workers })),
  );
  const orderings = parts.reduce((sum, part) => sum + part.orderings, 0);
  const calls = Math.max(...parts.map((part) => part.calls));
  const bound = which.kills ? 'a kill after every call' : `${which.preemptions} preemptions`;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(
    `${which.name.padEnd(48)} ${String(orderings).padStart(6)} orderings, ${bound}, ` +
      `${calls} calls, ${seconds} s`,
  );
  const failure = parts.find((part) => part.failure !== null)?.failure ?? null;
  if (failure === null) return 0;
  const { preemptions, killAfter } = failure.schedule;
  for (const violation of failure.violations.slice(0, 5)) console.log(`  ${violation}`);
  const schedule = preemptions.length === 0 ? 'none' : preemptions.join(',');
  console.log(
    `  replay: npm run interleave -- --case ${at} --schedule ${schedule} --kill ${killAfter}`,
  );
  return 1;
}

function inWorker(at: number, share: Share): Promise<Explored> {
  const worker = fork(fileURLToPath(import.meta.url), [SERVE], { serialization: 'advanced' });
  return new Promise((resolve, reject) => {
    worker.once('message', (explored) => {
      worker.removeAllListeners('exit');
      worker.kill();
      resolve(explored as Explored);
    });
    worker.once('exit', () => reject(new Error('a worker ended')));
    worker.send({ at, share });
  });
}

async function replay(at: number, schedule: string, killAfter: number): Promise<number> {
  const which = CASES[at];
  if (which === undefined) throw new Error(`there are ${CASES.length} cases, counted from 0`);
  const preemptions = schedule === 'none' ? [] : schedule.split(',').map(Number);
  const { violations, output } = await play(which, { preemptions, killAfter });
  console.log(output.join('\n'));
  for (const violation of violations) console.log(violation);
  return violations.length === 0 ? 0 : 1;
}

if (process.argv[2] === SERVE) {
  process.on('message', ({ at, share }: { readonly at: number; readonly share: Share }) => {
    const which = CASES[at];
    if (which !== undefined) void explore(which, share).then((found) => process.send?.(found));
  });
} else {
  // Simulated processes that were killed wait for ever; nothing is left to do when main has ended.
  process.exit(await main());
}
