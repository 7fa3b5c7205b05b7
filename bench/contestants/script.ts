import type { Contestant } from '../race.ts';
import { doubling, isPassing, isPassingPoll, rotateSite } from './by-hand.ts';
import type { Manner } from './by-hand.ts';

const MANNER: Manner = {
  write: { attempts: 12, pauseMs: doubling(30_000), isPassing },
  poll: { attempts: 20, pauseMs: doubling(30_000), isPassing: isPassingPoll },
};

/**
 * A sequential script: tunnel after tunnel, slave first, p-retry with exponential backoff around the write
 * and around the wait. Careful and easy to read; what it costs is time.
 */
export const script: Contestant = {
  async run(track) {
    let failed = 0;
    for (const site of track.estate.sites) {
      await rotateSite(track, site, MANNER).catch(() => {
        failed += 1;
      });
    }
    return { failed };
  },
};
