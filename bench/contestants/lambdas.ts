import { Prng } from '../../local/prng.ts';
import { tunnelIds } from '../estate.ts';
import type { Site } from '../estate.ts';
import type { Contestant, Track } from '../race.ts';
import {
  doubling,
  isPassing,
  isPassingPoll,
  newKeyOf,
  patiently,
  promote,
  rotateTunnel,
} from './by-hand.ts';
import type { Patience } from './by-hand.ts';

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

async function invoke(track: Track, site: Site, prng: Prng): Promise<'done' | 'failed'> {
  const done = new Set<string>();
  for (let invocation = 1; invocation <= INVOCATIONS; invocation += 1) {
    try {
      await rotateSecret(track, site, done, prng);
      return 'done';
    } catch {
      await track.clock.sleep(invocation * 60_000);
    }
  }
  return 'failed';
}

/** What an earlier invocation has finished is seen by it and left alone; `done` stands for that look. */
async function rotateSecret(
  track: Track,
  site: Site,
  done: Set<string>,
  prng: Prng,
): Promise<void> {
  const jittered = (attempt: number): number =>
    prng.between(500, Math.max(1_000, doubling(30_000)(attempt)));
  const write: Patience = { attempts: 30, pauseMs: jittered, isPassing };
  const poll: Patience = { attempts: 30, pauseMs: () => 10_000, isPassing: isPassingPoll };
  const key = await patiently(track.clock, write, () => newKeyOf(track, site));
  for (const { vpnConnectionId } of site.links) {
    for (const tunnelId of tunnelIds(vpnConnectionId).toReversed()) {
      if (done.has(tunnelId)) continue;
      await rotateTunnel(track, site, { vpnConnectionId, tunnelId, key, write, poll });
      done.add(tunnelId);
    }
  }
  await promote(track, site);
}
