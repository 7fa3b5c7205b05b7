import { after, between, durationMs } from './units.ts';
import type { DurationMs, EpochMs } from './units.ts';

/** A documented rate: no more than so many calls in any stretch of time of that length. */
export interface RateLimit {
  readonly calls: number;
  readonly perMs: DurationMs;
  /**
   * How long a part of the rate may be saved up, to be used at the speed of the whole; 0: each stretch has
   * its part and no more.
   */
  readonly saveMs: DurationMs;
}

/** What is known of one limit: our own calls, and what the service's refusals tell of other people's. */
export interface RateState {
  /** When our latest calls began, oldest first; never more than the limit has. */
  readonly sent: readonly EpochMs[];
  /** Until when our part of the limit is used up by the calls so far; the past where some is saved up. */
  readonly usedUntil: EpochMs;
  /** Share of the limit that was ours at `cutAt`; it grows back from there. */
  readonly share: number;
  readonly cutAt: EpochMs;
  /** Nothing is sent before this instant. */
  readonly holdUntil: EpochMs;
  /** Refusals in a row: each doubles the hold. */
  readonly refusals: number;
}

/** What a refusal leaves of the share. Gentle, because the service itself counts exactly. */
const CUT = 0.85;
/** A share never goes below this: a run that has stopped asking cannot find out that it may. */
const LEAST_SHARE = 0.1;
/** What grows back in one length of the limit: from the least share to the whole in two. */
const RECOVERY = 0.45;
/** Refusals that come together speak of one moment, and cut once. */
const SAME_MOMENT = durationMs(2_000);
const FIRST_HOLD = durationMs(500);
const LONGEST_HOLD = durationMs(20_000);

export function fresh(now: EpochMs): RateState {
  return { sent: [], usedUntil: now, share: 1, cutAt: now, holdUntil: now, refusals: 0 };
}

/**
 * How many calls the limit leaves us now: the documented number, of which `part` is this run's (the rest is
 * given to other shards), less what others of the account were seen to use. At least one.
 */
export function allowance(
  limit: RateLimit,
  part: number,
  { share, cutAt }: Pick<RateState, 'share' | 'cutAt'>,
  now: EpochMs,
): number {
  const grown = (RECOVERY * between(cutAt, now)) / limit.perMs;
  return Math.max(1, Math.floor(limit.calls * part * Math.min(1, share + grown)));
}

/** When the next call may begin, at the earliest now. */
export function nextStart(limit: RateLimit, part: number, state: RateState, now: EpochMs): EpochMs {
  const saves = part < 1 && limit.saveMs > 0;
  const free = saves ? inTurn(limit, state, now) : inStretch(limit, part, state, now);
  return Math.ceil(Math.max(now, free, state.holdUntil)) as EpochMs;
}

/** As many at once as a stretch may have. Where our part is less than one call, the stretch is longer. */
function inStretch(limit: RateLimit, part: number, state: RateState, now: EpochMs): number {
  const oldest = state.sent.at(-allowance(limit, part, state, now));
  const length = Math.max(limit.perMs, callMs(limit, part));
  return oldest === undefined ? now : oldest + length + marginMs(limit);
}

/** As fast as the whole limit allows, and evenly: so another part can be used up right after this one. */
function inTurn(limit: RateLimit, state: RateState, now: EpochMs): number {
  const { together, apartMs } = evenly(limit, allowance(limit, 1, state, now));
  const earlier = state.sent.at(-together);
  const saved = state.usedUntil - limit.saveMs;
  return earlier === undefined ? saved : Math.max(saved, earlier + apartMs);
}

/** Clocks wake to the millisecond: calls that are closer than this go together. */
const TOGETHER_MS = 25;

/** How many calls go together, and how long after those before them, for so many in one stretch. */
function evenly(limit: RateLimit, calls: number) {
  const each = (limit.perMs + marginMs(limit)) / calls;
  const together = Math.max(1, Math.floor(TOGETHER_MS / each));
  return { together, apartMs: Math.ceil(together * each) };
}

export function sent(limit: RateLimit, part: number, state: RateState, now: EpochMs): RateState {
  const usedUntil = after(Math.max(now, state.usedUntil) as EpochMs, callMs(limit, part));
  return { ...state, usedUntil, sent: [...state.sent, now].slice(-limit.calls) };
}

/** The time that so many calls take, one after the other at the whole rate. */
export function spentMs(limit: RateLimit, calls: number): DurationMs {
  const { together, apartMs } = evenly(limit, limit.calls);
  return durationMs(Math.ceil(calls / together) * apartMs);
}

/** Two requests do not take equally long to arrive: what is counted is longer than documented by this. */
function marginMs({ perMs }: RateLimit): number {
  return Math.min(500, Math.ceil(perMs / 10));
}

/** How much of the time one call uses up of a part of the limit. */
function callMs({ calls, perMs }: RateLimit, part: number): DurationMs {
  return durationMs(perMs / (calls * part));
}

/** The service took a call. */
export function admitted(state: RateState): RateState {
  return state.refusals === 0 ? state : { ...state, refusals: 0 };
}

/** The service refused a call for its rate; `retryAfterMs` is what it asked for, 0 when it did not say. */
export function throttled(
  limit: RateLimit,
  state: RateState,
  now: EpochMs,
  retryAfterMs: number,
): RateState {
  const hold = Math.min(LONGEST_HOLD, FIRST_HOLD * 2 ** state.refusals);
  const holdUntil = Math.max(state.holdUntil, after(now, durationMs(Math.max(hold, retryAfterMs))));
  const again = state.refusals > 0 && between(state.cutAt, now) < SAME_MOMENT;
  const held = { ...state, holdUntil: holdUntil as EpochMs };
  if (again) return held;
  const present = allowance(limit, 1, state, now) / limit.calls;
  return {
    ...held,
    share: Math.max(LEAST_SHARE, present * CUT),
    cutAt: now,
    refusals: state.refusals + 1,
  };
}
