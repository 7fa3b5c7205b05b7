import { Prng } from '../../local/prng.ts';
import type { Site } from '../estate.ts';
import type { Contestant, Track } from '../race.ts';
import { doubling, isPassing, isPassingPoll, rotateSite } from './by-hand.ts';
import type { Manner } from './by-hand.ts';

/** How often Function Compute starts an asynchronous invocation that failed (its default). */
const INVOCATIONS = 3;

/**
 * One function a secret, all started by the same timer and knowing nothing of each other, as rotation
 * lambdas do: read the pending version, set it tunnel by tunnel, test, finish by moving the label. Backoff
 * is exponential with full jitter; a function that gives up is started again by the platform.
 */
export const lambdas: Contestant = {
  async run(track) {
    const prng = new Prng(track.estate.shape.seed).fork('lambdas');
    const ends = await Promise.all(
      track.estate.sites.map((site) => invoke(track, site, prng.fork(site.secret))),
    );
    return { failed: ends.filter((end) => end === 'failed').length };
  },
};

/** What an earlier invocation has finished is seen by it and left alone; `done` stands for that look. */
async function invoke(track: Track, site: Site, prng: Prng): Promise<'done' | 'failed'> {
  const done = new Set<string>();
  const manner = mannerOf(prng);
  for (let invocation = 1; invocation <= INVOCATIONS; invocation += 1) {
    try {
      await rotateSite(track, site, manner, done);
      return 'done';
    } catch {
      await track.clock.sleep(invocation * 60_000);
    }
  }
  return 'failed';
}

function mannerOf(prng: Prng): Manner {
  const jittered = (attempt: number): number =>
    prng.between(500, Math.max(1_000, doubling(30_000)(attempt)));
  return {
    write: { attempts: 30, pauseMs: jittered, isPassing },
    poll: { attempts: 30, pauseMs: () => 10_000, isPassing: isPassingPoll },
  };
}
