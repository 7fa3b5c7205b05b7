import { defaultSwitches } from '../../local/switches.ts';
import type { Options, Phase } from './options.ts';
import { simulate } from './simulate.ts';

/** The same failure with less around it: each part is taken out and stays out if the promise still breaks. */
export async function shrink(options: Options, violations: readonly string[]): Promise<Options> {
  const promise = violations[0]?.split(':')[0] ?? '';
  let best = options;
  for (const simpler of simplifications(options)) {
    const candidate = { ...best, ...simpler(best) };
    const result = await simulate(candidate);
    if (result.violations.some((violation) => violation.startsWith(`${promise}:`)))
      best = candidate;
  }
  return best;
}

const CALMER_PHASES: readonly Partial<Phase>[] = [
  { killAfter: 0 },
  { stopAfter: 0 },
  { deadlineMinutes: 0 },
  { crowdAfterMs: [] },
  { acts: [] },
];

type Simpler = (options: Options) => Partial<Options>;

function simplifications(options: Options): readonly Simpler[] {
  const switches = Object.keys(options.switches) as (keyof Options['switches'])[];
  const faults = Object.keys(options.faults) as (keyof Options['faults'])[];
  return [
    () => ({ bystanders: 1 }),
    () => ({ layout: 'one-each' }),
    () => ({ gateways: 1 }),
    () => ({ groupsPerGateway: 1 }),
    () => ({ attachments: 0 }),
    () => ({ singles: 0 }),
    () => ({ connectionsPerGroup: 1 }),
    () => ({ settingsChange: false }),
    () => ({ unversionedKeys: false }),
    () => ({ skewMs: 0 }),
    () => ({ busyEvery: 0 }),
    (now) => ({ phases: now.phases.slice(0, 1) }),
    (now) => ({ phases: now.phases.slice(1) }),
    ...CALMER_PHASES.map((calmer): Simpler => (now) => ({
      phases: now.phases.map((phase) => ({ ...phase, ...calmer })),
    })),
    ...faults.map((name): Simpler => (now) => ({ faults: { ...now.faults, [name]: 0 } })),
    ...switches.map((name): Simpler => (now) => ({
      switches: { ...now.switches, [name]: defaultSwitches()[name] },
    })),
  ];
}
