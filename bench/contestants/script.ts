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

const WRITE = { attempts: 12, pauseMs: doubling(30_000), isPassing };
const POLL = { attempts: 20, pauseMs: doubling(30_000), isPassing: isPassingPoll };

/**
 * A sequential script: tunnel after tunnel, slave first, p-retry with exponential backoff around the write
 * and around the wait. Careful and easy to read; what it costs is time.
 */
export const script: Contestant = {
  async run(track) {
    let failed = 0;
    for (const site of track.estate.sites) {
      await rotateSite(track, site).catch(() => {
        failed += 1;
      });
    }
    return { failed };
  },
};

async function rotateSite(track: Track, site: Site): Promise<void> {
  const key = await patiently(track.clock, WRITE, () => newKeyOf(track, site));
  for (const { vpnConnectionId } of site.links) {
    for (const tunnelId of tunnelIds(vpnConnectionId).toReversed()) {
      const patience = { write: WRITE, poll: POLL };
      await rotateTunnel(track, site, { vpnConnectionId, tunnelId, key, ...patience });
    }
  }
  await promote(track, site);
}
