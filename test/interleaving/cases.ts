import { defaultSwitches } from '../../local/switches.ts';
import type { Switches } from '../../local/switches.ts';
import { STRUCK_KINDS } from '../simulation/options.ts';
import type { FaultRates, Options } from '../simulation/options.ts';
import type { RunEnd } from '../simulation/world.ts';

/** Two processes that start at once in a small fleet: one gateway, one connection, two tunnels. */
export interface Case {
  readonly name: string;
  readonly options: Options;
  readonly purposes: readonly [RunEnd['purpose'], RunEnd['purpose']];
  /** The second one is another delivery of the first one's trigger. */
  readonly redelivered: boolean;
  /** The first process is killed after each of its calls in turn, and the second one starts then. */
  readonly kills: boolean;
  /** How often the turn may be taken away. */
  readonly preemptions: number;
  /** Promises that are for runs under one lease are not asked of runs without. */
  readonly exempt: readonly string[];
}

const QUIET: Options = {
  seed: 1,
  profile: 'crowd',
  switches: { ...defaultSwitches(), windowSeconds: '1-2' } satisfies Switches,
  gateways: 1,
  groupsPerGateway: 1,
  connectionsPerGroup: 1,
  attachments: 0,
  singles: 0,
  bystanders: 1,
  layout: 'one-each',
  faults: Object.fromEntries(STRUCK_KINDS.map((kind) => [kind, 0])) as FaultRates,
  busyEvery: 0,
  // Not run here; says that more than one run is at work.
  phases: [
    {
      purpose: 'rotate',
      killAfter: 0,
      stopAfter: 0,
      deadlineMinutes: 0,
      crowdAfterMs: [0],
      redelivered: false,
      acts: [],
      acknowledged: false,
      waitMinutes: 0,
    },
  ],
  lease: true,
  skewMs: 0,
  badFarEnds: 0,
  slowFarEnds: 0,
  flappingFarEnds: 0,
  downTunnels: 0,
  unversionedKeys: false,
  straightIn: false,
  settingsChange: false,
  handover: 'immediate',
  notBeforeMinutes: 0,
  followWithinHours: 720,
  proof: 'established',
  onFailure: 'restore',
  groupStrategy: 'in-place',
  failureBudget: 3,
  allowInterruption: false,
  deadEnds: false,
  rotateEveryDays: 0,
  goal: 'forward',
};

const PLAIN = {
  options: QUIET,
  purposes: ['rotate', 'rotate'],
  redelivered: false,
  kills: false,
  preemptions: 2,
  exempt: [],
} as const satisfies Omit<Case, 'name'>;

const FREE = { options: { ...QUIET, lease: false }, exempt: ['promise 2', 'promise 3'] } as const;
const BAD_FAR_END = { ...QUIET, badFarEnds: 1_000 };

/** Two that want opposite things have to be kept apart: one may promote what the other is putting back. */
const OPPOSED = { ...FREE, exempt: [...FREE.exempt, 'promise 4', 'promise 5'] } as const;

/** Restores and far ends without the key make long stories; two preemptions in them take half an hour. */
const ONCE = { preemptions: 1 } as const;

export const CASES: readonly Case[] = [
  { ...PLAIN, name: 'two runs, one lease' },
  { ...PLAIN, name: 'one trigger delivered twice, one lease', redelivered: true },
  { ...PLAIN, name: 'two runs, no lease', ...FREE },
  { ...PLAIN, ...ONCE, name: 'two runs, a far end without the key', options: BAD_FAR_END },
  { ...PLAIN, ...ONCE, name: 'run and restore, one lease', purposes: ['rotate', 'restore'] },
  {
    ...PLAIN,
    ...ONCE,
    name: 'run and restore, no lease',
    purposes: ['rotate', 'restore'],
    ...OPPOSED,
  },
  { ...PLAIN, name: 'killed, then a second run', kills: true },
  { ...PLAIN, name: 'killed while it puts back', options: BAD_FAR_END, kills: true },
];
