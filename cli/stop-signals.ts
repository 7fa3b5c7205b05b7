import { CODES } from '../functions/core/codes.ts';
import type { Progress } from './output.ts';

/**
 * Runs `work` so that the first Ctrl-C (or SIGTERM) stops it at the next safe point, and the second leaves
 * at once, as a kill would: whatever was under way is found by the next run.
 */
export async function stoppable<T>(
  progress: Progress,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      progress.close();
      process.stderr.write('Left at once. Run it again: a run looks before it writes.\n');
      process.exit(CODES.unexpected.exit);
    }
    stop.abort();
    progress.note('Stopping at the next safe point. Press Ctrl-C again to leave at once.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
