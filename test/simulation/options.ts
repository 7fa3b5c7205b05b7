import { CALL_FAULTS } from '../../local/faults.ts';
import type { FaultKind } from '../../local/faults.ts';
import { Prng } from '../../local/prng.ts';
import { SWITCHES, defaultSwitches } from '../../local/switches.ts';
import type { SwitchName, Switches } from '../../local/switches.ts';
import { ACT_KINDS } from './acts.ts';
import type { Act } from './acts.ts';

/**
 * Faults between a run and the two APIs it calls; the rest strike Function Compute, which is not simulated.
 * The atlas: all of these are survived, at any rate and together with kills. What no run survives stands
 * in docs/safety.md: a key that nobody can read, a far end that never gets its key, clocks further apart
 * than the lease allows for, somebody who writes a tunnel between a run's read and its write.
 */
export const STRUCK_KINDS = [
  ...CALL_FAULTS,
  'stuck-updating',
  'stale-read',
  'duplicate-page',
  'masked-key',
  'refuse',
] as const satisfies readonly FaultKind[];

/** Probability of each fault on one request, in thousandths. */
export type FaultRates = Readonly<Record<(typeof STRUCK_KINDS)[number], number>>;

/** One trigger and what happens around it, before the world heals. */
export interface Phase {
  /** `restore`: an operator asks for what was before. */
  readonly purpose: 'rotate' | 'restore';
  /** Kills the first run when this many of its requests were sent; 0 never. */
  readonly killAfter: number;
  /** Asks the first run to stop after this many of its requests; 0 never. */
  readonly stopAfter: number;
  /** No write starts later than this after the run's start; 0 none. */
  readonly deadlineMinutes: number;
  /** More runs at the same time, each begun this long after the first one. */
  readonly crowdAfterMs: readonly number[];
  /** The crowd is the same trigger, delivered again: its runs carry the same id. */
  readonly redelivered: boolean;
  readonly acts: readonly Act[];
  /** The far end's people put KeyturnPeerReady on. */
  readonly acknowledged: boolean;
  /** Until the next trigger. */
  readonly waitMinutes: number;
}

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
  /** Connections that no document names; more than 50 of all kinds make a second page. */
  readonly bystanders: number;
  readonly layout: 'one-each' | 'two-secrets-one-group' | 'one-secret-two-groups';
  readonly faults: FaultRates;
  /** Somebody else's change gets in right before each nth write, and the gateway is busy; 0 never. */
  readonly busyEvery: number;
  readonly phases: readonly Phase[];
  readonly lease: boolean;
  /** How far the clock of a run may be off, either way. */
  readonly skewMs: number;
  /** Far ends by kind, in thousandths; the rest has both keys. */
  readonly badFarEnds: number;
  readonly slowFarEnds: number;
  readonly flappingFarEnds: number;
  /** Tunnels that are down when the story begins, in thousandths. */
  readonly downTunnels: number;
  /** Live keys that no version holds. */
  readonly unversionedKeys: boolean;
  /** Documents put straight in as ACSCurrent instead of KeyturnNext. */
  readonly straightIn: boolean;
  readonly settingsChange: boolean;
  readonly handover: 'immediate' | 'acknowledged' | 'scheduled' | 'stepwise';
  /** `scheduled`: minutes after the start. */
  readonly notBeforeMinutes: number;
  readonly followWithinHours: number;
  readonly proof: 'established' | 'proven';
  readonly onFailure: 'restore' | 'hold';
  readonly groupStrategy: 'in-place' | 'replace-customer-gateway';
  /** A run begins no further group after so many failed ones. */
  readonly failureBudget: 1 | 3;
  readonly allowInterruption: boolean;
  /** Documents that cannot be applied in this world without a person are left in. */
  readonly deadEnds: boolean;
  /** 0: Keyturn never generates a key. */
  readonly rotateEveryDays: number;
  /** What the healed world is asked for: the new version, or what was before it. */
  readonly goal: 'forward' | 'back';
}

/** Swarm: each seed turns a different few dials far up, because dials at half height hide each other's bugs. */
export const PROFILES = [
  'calm',
  'contended',
  'network',
  'kills',
  'storm',
  'bad-peers',
  'crowd',
  'meddlers',
  'pages',
  'slow',
  'calendar',
  'regret',
  'dead-ends',
] as const;
export type Profile = (typeof PROFILES)[number];

const NO_FAULTS = Object.fromEntries(STRUCK_KINDS.map((kind) => [kind, 0])) as FaultRates;

export function drawOptions(seed: number): Options {
  const prng = new Prng(seed).fork('options');
  const profile = prng.pick(PROFILES);
  const is = (...names: readonly Profile[]): boolean => names.includes(profile);
  const crowded = is('crowd') || (!is('calm', 'contended') && prng.chance(1, 12));
  const drawn: Options = {
    seed,
    profile,
    switches: drawSwitches(prng.fork('switches')),
    gateways: prng.between(1, 2),
    groupsPerGateway: prng.between(1, 2),
    connectionsPerGroup: prng.pick([1, 1, 1, 2, 3]),
    attachments: prng.between(0, 1),
    singles: prng.pick([0, 0, 1]),
    bystanders: is('pages') ? prng.between(47, 55) : 1,
    layout: prng.pick([
      'one-each',
      'one-each',
      'one-each',
      'two-secrets-one-group',
      'one-secret-two-groups',
    ]),
    faults: drawFaults(prng.fork('faults'), profile),
    busyEvery: is('contended', 'storm') ? prng.between(2, 4) : 0,
    phases: drawPhases(prng.fork('phases'), profile, crowded),
    // Two runs at once without the lease is what reserved concurrency rules out.
    lease: crowded || prng.chance(1, 2),
    skewMs: crowded || prng.chance(1, 6) ? 7_000 : 0,
    badFarEnds: is('bad-peers') ? 300 : 0,
    slowFarEnds: is('calendar') ? 1_000 : prng.pick([0, 0, 300]),
    flappingFarEnds: is('bad-peers') && prng.chance(1, 2) ? 200 : 0,
    downTunnels: is('bad-peers') && prng.chance(1, 2) ? 150 : 0,
    unversionedKeys: prng.chance(1, 4),
    straightIn: !is('calendar') && prng.chance(1, 6),
    settingsChange: prng.chance(1, 3),
    handover: is('calendar')
      ? prng.pick(['acknowledged', 'scheduled', 'stepwise', 'immediate'])
      : prng.pick(['immediate', 'immediate', 'immediate', 'immediate', 'acknowledged', 'stepwise']),
    notBeforeMinutes: prng.between(1, 3_000),
    followWithinHours: is('calendar') ? prng.between(8, 60) : 720,
    proof: prng.pick(['established', 'established', 'proven']),
    onFailure: prng.pick(['restore', 'restore', 'restore', 'restore', 'hold']),
    groupStrategy: prng.chance(1, 2) ? 'replace-customer-gateway' : 'in-place',
    failureBudget: prng.pick([1, 3, 3]),
    allowInterruption: prng.chance(1, 6),
    deadEnds: is('dead-ends'),
    rotateEveryDays: is('calendar') && prng.chance(1, 2) ? prng.between(1, 3) : 0,
    goal: is('regret') && prng.chance(1, 2) ? 'back' : 'forward',
  };
  const known = withoutKnownGaps(drawn);
  return drawn.deadEnds ? known : withoutDeadEnds(known, prng.fork('dead ends'));
}

/**
 * A known gap (docs/safety.md): log lines carry the service's time, so a run whose clock is ahead can overlook
 * the one that proves.
 */
function withoutKnownGaps(drawn: Options): Options {
  return drawn.skewMs === 0 ? drawn : { ...drawn, proof: 'established' };
}

/** Most seeds are to write, prove, restore and promote, not to end in the same refusal again and again. */
function withoutDeadEnds(drawn: Options, prng: Prng): Options {
  const { keyOnRead, sameGatewayRule, oldSa } = drawn.switches;
  const blind = keyOnRead !== 'plain';
  const replaced = drawn.groupStrategy === 'replace-customer-gateway';
  const alone = sameGatewayRule === 'reject' && !replaced && prng.chance(3, 4);
  return {
    ...drawn,
    ...(blind ? { unversionedKeys: false, straightIn: false, downTunnels: 0 } : {}),
    ...(blind && drawn.handover === 'stepwise' ? { handover: 'immediate' } : {}),
    ...(blind || oldSa === 'survives' ? { proof: 'established' } : {}),
    ...(alone ? { connectionsPerGroup: 1 } : {}),
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

/** The kinds that each profile draws from, and how often they may strike, in thousandths. */
const FAULTS_OF: Partial<
  Record<Profile, { readonly kinds: readonly FaultKind[]; readonly ceiling: number }>
> = {
  network: { kinds: CALL_FAULTS, ceiling: 40 },
  kills: { kinds: CALL_FAULTS, ceiling: 20 },
  storm: { kinds: STRUCK_KINDS, ceiling: 120 },
  crowd: { kinds: CALL_FAULTS, ceiling: 30 },
  regret: { kinds: CALL_FAULTS, ceiling: 20 },
  pages: { kinds: ['duplicate-page', 'stale-read', 'reset-before', 'masked-key'], ceiling: 150 },
  slow: { kinds: ['delay', 'stuck-updating', 'refuse', 'throttle', 'stale-read'], ceiling: 60 },
};
/** These end a run's work wherever they strike; at the rate of the others nothing else would be seen. */
const RARE: readonly FaultKind[] = ['stuck-updating', 'refuse', 'masked-key'];

function drawFaults(prng: Prng, profile: Profile): FaultRates {
  const { kinds, ceiling } = FAULTS_OF[profile] ?? { kinds: [], ceiling: 0 };
  const rates: Record<string, number> = { ...NO_FAULTS };
  for (const kind of kinds) {
    const top = RARE.includes(kind) ? Math.ceil(ceiling / 3) : ceiling;
    if (prng.chance(1, 2)) rates[kind] = prng.between(1, top);
  }
  return rates as FaultRates;
}

function drawPhases(prng: Prng, profile: Profile, crowded: boolean): readonly Phase[] {
  const is = (...names: readonly Profile[]): boolean => names.includes(profile);
  const kills = is('kills') ? 9 : is('storm', 'regret') ? 4 : is('calm', 'contended') ? 0 : 1;
  const actors = is('meddlers') ? 10 : is('storm') ? 3 : 0;
  const count = is('calendar') ? prng.between(4, 7) : prng.between(1, 3);
  return Array.from({ length: count }, () => ({
    purpose: is('regret') && prng.chance(1, 2) ? 'restore' : 'rotate',
    killAfter: prng.chance(kills, 10) ? prng.between(1, 80) : 0,
    stopAfter: is('slow') && prng.chance(1, 4) ? prng.between(5, 120) : 0,
    deadlineMinutes: is('slow', 'storm') ? prng.pick([0, 2, 5, 10]) : 0,
    crowdAfterMs: crowded
      ? Array.from({ length: prng.between(1, 2) }, () => prng.pick([0, 20, 1_000, 30_000, 200_000]))
      : [],
    redelivered: prng.chance(1, 2),
    acts: prng.chance(actors, 10) ? drawActs(prng) : [],
    acknowledged: prng.chance(1, 2),
    waitMinutes: is('calendar') ? prng.between(300, 2_400) : prng.between(3, 40),
  }));
}

function drawActs(prng: Prng): readonly Act[] {
  return Array.from({ length: prng.between(1, 3) }, () => ({
    kind: prng.pick(ACT_KINDS),
    afterSeconds: prng.pick([0, 1, 30, 120, 600]) + prng.between(0, 30),
    site: prng.between(0, 3),
  }));
}
