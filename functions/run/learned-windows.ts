import { NOTHING_SEEN, among, withWindow } from '../core/poll.ts';
import type { WindowsSeen } from '../core/poll.ts';
import type { DurationMs } from '../core/units.ts';

/** The configuring windows that a run has seen: of each gateway, of each region, and of all of them. */
export class LearnedWindows {
  #all = NOTHING_SEEN;
  readonly #regions = new Map<string, WindowsSeen>();
  readonly #own = new Map<string, WindowsSeen>();

  learn(regionId: string, holder: string, length: DurationMs): void {
    this.#all = withWindow(this.#all, length);
    this.#regions.set(regionId, withWindow(this.#ofRegion(regionId), length));
    this.#own.set(holder, withWindow(this.#ofHolder(holder), length));
  }

  /** What to expect of the next one: its own as far as there are any, then its region's, then any. */
  expected(regionId: string, holder: string): WindowsSeen {
    return among(this.#ofHolder(holder), among(this.#ofRegion(regionId), this.#all));
  }

  #ofRegion(regionId: string): WindowsSeen {
    return this.#regions.get(regionId) ?? NOTHING_SEEN;
  }

  #ofHolder(holder: string): WindowsSeen {
    return this.#own.get(holder) ?? NOTHING_SEEN;
  }
}
