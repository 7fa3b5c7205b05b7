import { durationMs } from './units.ts';
import type { DurationMs } from './units.ts';

/** Configuring windows as they were seen: of one gateway, of a region, or of all. */
export interface WindowsSeen {
  readonly count: number;
  readonly meanMs: number;
  readonly shortestMs: number;
}

export const NOTHING_SEEN: WindowsSeen = { count: 0, meanMs: 0, shortestMs: Infinity };

/** A mean over about the last 30: a service whose windows change is followed within a run. */
const MEMORY = 30;

export function withWindow(seen: WindowsSeen, length: DurationMs): WindowsSeen {
  const weight = 1 / Math.min(seen.count + 1, MEMORY);
  return {
    count: seen.count + 1,
    meanMs: seen.meanMs + (length - seen.meanMs) * weight,
    shortestMs: Math.min(seen.shortestMs, length),
  };
}

/** Own windows that count as much as everything that is known of all. */
const OTHERS_WEIGHT = 6;

/** What to expect of a part of all, whose own windows are these: by its own as far as there are any. */
export function among(own: WindowsSeen, all: WindowsSeen): WindowsSeen {
  if (all.count === 0) return all;
  const weight = Math.min(OTHERS_WEIGHT, all.count);
  const meanMs = (own.meanMs * own.count + all.meanMs * weight) / (own.count + weight);
  return { ...all, meanMs };
}

/** How long a lane is at work that has so many steps to go. */
export const wayToGo = (steps: number, expected: WindowsSeen): DurationMs =>
  durationMs(steps * expected.meanMs);

/** One gateway that is waited for. */
export interface Waiting {
  /** Since the change was sent. */
  readonly waitedMs: DurationMs;
  /** What is known of windows like the one that is waited for. */
  readonly expected: WindowsSeen;
  /** Steps of its lane that are not over, this one included; null: it is not to be noticed late. */
  readonly steps: number | null;
}

/**
 * A look finds a gateway settled half a pause late on average. So many looks in a mean window keep that below
 * 4.5 % of it (1 ÷ 22.5), which is what the goal of 5 % above the floor leaves (bench: makespan-*, seeds-*). All
 * gateways on a page share each look.
 */
const LOOKS_A_WINDOW = 11.25;
/** Where no window was seen yet, the pause is this part of the time waited, from half a second on. */
const BLIND_PART = 1 / 8;
const FIRST_BLIND_PAUSE = durationMs(500);
/** From so many windows on, none is expected to be much shorter than the shortest. */
const ENOUGH_TO_KNOW_SHORTEST = 10;
const SHORTEST_PAUSE = durationMs(250);
const LONGEST_PAUSE = durationMs(30_000);

/** What the next look at a region depends on besides those who wait there. */
export interface Past {
  /** Since the last look. */
  readonly lookedMs: DurationMs;
  /** How long a write that comes now waits for its turn. */
  readonly writesWaitMs: DurationMs;
  /** The way that the lane has to go which has the longest of the run. */
  readonly longestWayMs: DurationMs;
}

/**
 * In whole milliseconds, how long from now until the next look at a region: the least that any of its waiting
 * gateways asks for, but no less than half of what writes wait for their turn anyway, since a gateway that is
 * found settled sooner cannot be written sooner.
 */
export function nextLook(waiting: readonly Waiting[], past: Past): DurationMs {
  const wanted = Math.min(...waiting.map((one) => wantedBy(one, past)));
  const useful = past.writesWaitMs / 2 - past.lookedMs;
  return durationMs(Math.ceil(Math.min(LONGEST_PAUSE, Math.max(0, wanted, useful))));
}

function wantedBy(one: Waiting, { lookedMs, longestWayMs }: Past): number {
  const { count, shortestMs } = one.expected;
  const tooSoon = count < ENOUGH_TO_KNOW_SHORTEST ? 0 : 0.8 * shortestMs - one.waitedMs;
  return Math.max(pauseFor(one, longestWayMs) - lookedMs, tooSoon);
}

/**
 * The pause between looks at one gateway: a part of the window that is expected, the longer the less likely
 * its lane is to be the last of the run. Where nothing is known it is a part of the time waited so far; past
 * what is known, half of that.
 */
export function pauseFor(one: Waiting, longestWayMs: DurationMs): DurationMs {
  const { waitedMs, expected } = one;
  const blind = waitedMs * BLIND_PART;
  const pause =
    expected.count === 0
      ? Math.max(blind, FIRST_BLIND_PAUSE)
      : Math.max(
          (expected.meanMs / LOOKS_A_WINDOW) * patience(one, longestWayMs),
          blind / 2,
          SHORTEST_PAUSE,
        );
  return durationMs(Math.min(LONGEST_PAUSE, Math.ceil(pause)));
}

/**
 * How much rarer the looks are at a lane that has less to go than the longest: 1 for that one itself. Its
 * lead is counted in windows. Windows are taken to differ by half of their mean, so the ways of two lanes
 * with n steps to go differ by about √(n ÷ 2) windows by chance alone: what counts is lead² ÷ n.
 */
function patience({ expected, steps }: Waiting, longestWayMs: DurationMs): number {
  if (steps === null || steps === 0) return 1;
  const aheadMs = Math.max(0, longestWayMs - wayToGo(steps, expected));
  const lead = aheadMs / Math.max(1, expected.meanMs);
  return 1 + lead ** 2 / (2 * steps);
}
