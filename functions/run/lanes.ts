import type { Run } from './context.ts';
import { RegionWatcher } from './watch.ts';

/** A queue of one: what is given to it runs strictly one after the other, in the order it came. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  do<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/**
 * The locks of a run. A lane is what the service locks while it configures (the VPN gateway, or an
 * attachment); a connection is held from before its write until its proof, so that its two tunnels are
 * never in doubt at once. Whoever holds a lane never waits for a connection, so they cannot deadlock.
 */
export class Locks {
  readonly #lanes = new Map<string, Serial>();
  readonly #connections = new Map<string, Serial>();

  lane(laneId: string): Serial {
    return serialAt(this.#lanes, laneId);
  }

  connection(regionId: string, vpnConnectionId: string): Serial {
    return serialAt(this.#connections, `${regionId}/${vpnConnectionId}`);
  }
}

function serialAt(map: Map<string, Serial>, key: string): Serial {
  const found = map.get(key) ?? new Serial();
  map.set(key, found);
  return found;
}

/** The watchers of a run, one a region. */
export class Watchers {
  readonly #run: Run;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #byRegion = new Map<string, RegionWatcher>();

  constructor(run: Run, sizes: ReadonlyMap<string, number>) {
    this.#run = run;
    this.#sizes = sizes;
  }

  region(regionId: string): RegionWatcher {
    const found =
      this.#byRegion.get(regionId) ??
      new RegionWatcher(this.#run, regionId, this.#sizes.get(regionId) ?? 0);
    this.#byRegion.set(regionId, found);
    return found;
  }
}
