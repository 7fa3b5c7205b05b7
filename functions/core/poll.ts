import { durationMs } from './units.ts';
import type { DurationMs } from './units.ts';

/** Configuring windows as they were seen: of one gateway, or of all of a region. */
export interface WindowsSeen {
  readonly count: number;
  readonly meanMs: number;
  readonly shortestMs: number;
}

export const NOTHING_SEEN: WindowsSeen = { count: 0, meanMs: 0, shortestMs: 0 };

/** A mean over about the last 30: a service whose windows change is followed within a run. */
const MEMORY = 30;

export function withWindow(seen: WindowsSeen, length: DurationMs): WindowsSeen {
  const weight = 1 / Math.min(seen.count + 1, MEMORY);
  return {
    count: seen.count + 1,
    meanMs: seen.meanMs + (length - seen.meanMs) * weight,
    shortestMs: seen.count === 0 ? length : Math.min(seen.shortestMs, length),
  };
}

/** One gateway that is waited for. */
export interface Waiting {
  /** Since the change was sent. */
  readonly waitedMs: DurationMs;
  /** Its own windows, of this run. */
  readonly own: WindowsSeen;
}

/**
 * A look finds a gateway settled half a pause late on average. An eleventh of the mean window keeps that
 * below 5 % of it; all gateways on a page share each look.
 */
const LOOKS_A_WINDOW = 11;
/** Own windows that count as much as all of the region's. */
const OWN_WEIGHT = 4;
/** From so many windows on, none is expected to be much shorter than the shortest. */
const ENOUGH_TO_KNOW_SHORTEST = 10;
const SHORTEST_PAUSE = durationMs(250);
const LONGEST_PAUSE = durationMs(30_000);

/**
 * In whole milliseconds, how long from now until the next look at a region: the least that any of its waiting gateways asks for,
 * but no less than half of what writes wait for their turn anyway, since a gateway that is found settled
 * sooner cannot be written sooner.
 */
export function nextLook(
  waiting: readonly Waiting[],
  region: WindowsSeen,
  past: {
    /** Since the last look. */
    readonly lookedMs: DurationMs;
    /** How long a write that comes now waits for its turn. */
    readonly writesWaitMs: DurationMs;
  },
): DurationMs {
  const wanted = Math.min(...waiting.map((one) => wantedBy(one, region, past.lookedMs)));
  const useful = past.writesWaitMs / 2 - past.lookedMs;
  return durationMs(Math.ceil(Math.min(LONGEST_PAUSE, Math.max(0, wanted, useful))));
}

function wantedBy(one: Waiting, region: WindowsSeen, lookedMs: DurationMs): number {
  const tooSoon =
    region.count < ENOUGH_TO_KNOW_SHORTEST ? 0 : 0.8 * region.shortestMs - one.waitedMs;
  return Math.max(pauseFor(one, region) - lookedMs, tooSoon);
}

/** The pause between looks at one gateway: by its own windows as far as there are any, else the region's. */
export function pauseFor({ waitedMs, own }: Waiting, region: WindowsSeen): DurationMs {
  // Where nothing is known the share is of the time waited so far; past what is known, half of that.
  const blind = waitedMs / LOOKS_A_WINDOW;
  const others = region.count === 0 ? 0 : OWN_WEIGHT;
  const known =
    others === 0
      ? blind
      : (own.meanMs * own.count + region.meanMs * others) / (own.count + others) / LOOKS_A_WINDOW;
  return durationMs(Math.min(LONGEST_PAUSE, Math.ceil(Math.max(known, blind / 2, SHORTEST_PAUSE))));
}
