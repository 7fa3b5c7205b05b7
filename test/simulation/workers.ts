import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { simulateBatch } from './seeds.ts';
import type { Batch, BatchEnd } from './seeds.ts';

/** Small enough that all workers end at about the same time. */
const BATCH_SIZE = 20;

/**
 * Spreads seeds over processes that run the same bundle. The ends come back in the order of the seeds
 * and stop with the first failing one, whichever worker was faster: the output is the same for any number.
 */
export async function simulateAll(
  seeds: { readonly first: number; readonly count: number },
  workers: number,
): Promise<readonly BatchEnd[]> {
  const queue: Batch[] = [];
  for (let done = 0; done < seeds.count; done += BATCH_SIZE) {
    const size = Math.min(BATCH_SIZE, seeds.count - done);
    queue.push({ first: seeds.first + done, size });
  }
  const ends: BatchEnd[] = [];
  const hands = Array.from({ length: Math.min(workers, queue.length) }, () =>
    workThrough(queue, ends),
  );
  await Promise.all(hands);
  ends.sort((a, b) => a.first - b.first);
  const failed = ends.findIndex((end) => end.failure !== null);
  return failed < 0 ? ends : ends.slice(0, failed + 1);
}

/** One worker takes batches until none is left, or until one has failed: those before it are taken by then. */
async function workThrough(queue: Batch[], ends: BatchEnd[]): Promise<void> {
  const worker = fork(fileURLToPath(import.meta.url), [SERVE], { serialization: 'advanced' });
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const end = await new Promise<BatchEnd>((resolve, reject) => {
      worker.once('message', (message) => resolve(message as BatchEnd));
      worker.once('exit', () => reject(new Error('a worker of the simulation ended')));
      worker.send(batch);
    });
    worker.removeAllListeners('exit');
    ends.push(end);
    if (end.failure !== null) queue.length = 0;
  }
  worker.kill();
}

const SERVE = '--serve';

/** True in a worker process, which simulates the batches that it is sent until it is ended. */
export function serveAsWorker(): boolean {
  if (process.argv[2] !== SERVE) return false;
  process.on('message', (batch: Batch) => {
    void simulateBatch(batch, { show: null, only: '' }).then((end) => process.send?.(end));
  });
  return true;
}
