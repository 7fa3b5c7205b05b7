import { Prng } from '../../local/prng.ts';
import { SWITCHES, defaultSwitches } from '../../local/switches.ts';
import type { SwitchName, Switches } from '../../local/switches.ts';

/** Probability of each fault on one request, in thousandths. */
export interface FaultRates {
  readonly resetBefore: number;
  readonly resetAfterApplied: number;
  readonly serverError: number;
  readonly html: number;
  readonly throttle: number;
  readonly duplicate: number;
  readonly duplicatePage: number;
  readonly staleRead: number;
}

export type FaultName = keyof FaultRates;

export type FarEndKind = 'has-both' | 'follows' | 'never';

/** Everything that one seed decides. Printed whole when a seed fails, and enough to replay it. */
export interface Options {
  readonly seed: number;
  readonly profile: Profile;
  readonly switches: Switches;
  readonly gateways: number;
  readonly groupsPerGateway: number;
  readonly connectionsPerGroup: number;
  readonly attachments: number;
  readonly singles: number;
  readonly faults: FaultRates;
  /** Runs of the first phase; each may be killed. */
  readonly runs: number;
  /** Kills a run when this many of its requests were sent; 0 never. By run. */
  readonly killAfter: readonly number[];
  /** Which of those runs is a restore that somebody asks for. */
  readonly restores: readonly boolean[];
  /** What the healed world has to reach: every new key, or everything as it was. */
  readonly goal: 'forward' | 'back';
  /** Two runs at once. */
  readonly concurrent: boolean;
  readonly lease: boolean;
  /** In thousandths: a far end that does not have, and will not take, the next key. */
  readonly badFarEnds: number;
  readonly slowFarEnds: number;
  /** Live keys that no version holds. */
  readonly unversionedKeys: boolean;
  /** Documents put straight in as ACSCurrent instead of KeyturnNext. */
  readonly straightIn: boolean;
  readonly settingsChange: boolean;
  readonly handover: 'immediate' | 'acknowledged' | 'stepwise';
  readonly proof: 'established' | 'proven';
  readonly allowInterruption: boolean;
  /** Deadline of a run in virtual minutes; 0 none. */
  readonly deadlineMinutes: number;
}

/** Swarm: each seed turns a different few dials far up, because dials at half height hide each other's bugs. */
export const PROFILES = ['calm', 'network', 'kills', 'storm', 'bad-peers', 'crowd'] as const;
export type Profile = (typeof PROFILES)[number];

const NO_FAULTS: FaultRates = {
  resetBefore: 0,
  resetAfterApplied: 0,
  serverError: 0,
  html: 0,
  throttle: 0,
  duplicate: 0,
  duplicatePage: 0,
  staleRead: 0,
};

export function drawOptions(seed: number): Options {
  const prng = new Prng(seed).fork('options');
  const profile = prng.pick(PROFILES);
  const concurrent = profile === 'crowd' || prng.chance(1, 10);
  const runs = prng.between(1, 3);
  const killChance = profile === 'kills' ? 9 : profile === 'storm' ? 4 : 0;
  return {
    seed,
    profile,
    switches: drawSwitches(prng.fork('switches')),
    gateways: prng.between(1, 3),
    groupsPerGateway: prng.between(1, 2),
    connectionsPerGroup: prng.pick([1, 1, 1, 2, 3]),
    attachments: prng.between(0, 1),
    singles: prng.between(0, 1),
    faults: drawFaults(prng.fork('faults'), profile),
    runs,
    killAfter: Array.from({ length: runs }, () =>
      prng.chance(killChance, 10) ? prng.between(1, 60) : 0,
    ),
    concurrent,
    // Two runs at once without the lease is what reserved concurrency rules out.
    lease: concurrent || prng.chance(1, 2),
    badFarEnds: profile === 'bad-peers' ? 300 : 0,
    slowFarEnds: prng.pick([0, 0, 300]),
    unversionedKeys: prng.chance(1, 4),
    straightIn: prng.chance(1, 6),
    settingsChange: prng.chance(1, 3),
    handover: prng.pick(['immediate', 'immediate', 'immediate', 'acknowledged', 'stepwise']),
    proof: prng.pick(['established', 'established', 'proven']),
    allowInterruption: prng.chance(1, 5),
    deadlineMinutes: prng.pick([0, 0, 0, 10]),
    // Last, so that what was drawn for a seed before there were restores stays.
    ...drawRestores(prng.fork('restores'), runs),
  };
}

/** In every fourth seed people change their mind; in half of those they keep to it. */
function drawRestores(prng: Prng, runs: number): Pick<Options, 'restores' | 'goal'> {
  const asked = prng.chance(1, 4);
  return {
    restores: Array.from({ length: runs }, () => asked && prng.chance(1, 2)),
    goal: asked && prng.chance(1, 2) ? 'back' : 'forward',
  };
}

function drawSwitches(prng: Prng): Switches {
  const drawn: Record<string, string> = { ...defaultSwitches() };
  for (const name of Object.keys(SWITCHES) as SwitchName[]) {
    // Half of the switches stay at their default, so that a failing seed has fewer suspects.
    if (prng.chance(1, 2)) drawn[name] = prng.pick<string>(SWITCHES[name]);
  }
  return drawn as Switches;
}

function drawFaults(prng: Prng, profile: Profile): FaultRates {
  if (profile === 'calm' || profile === 'bad-peers') return NO_FAULTS;
  const ceiling = profile === 'storm' ? 120 : 40;
  const rates: Record<string, number> = { ...NO_FAULTS };
  for (const name of Object.keys(NO_FAULTS)) {
    if (prng.chance(1, 2)) rates[name] = prng.between(1, ceiling);
  }
  return rates as unknown as FaultRates;
}
