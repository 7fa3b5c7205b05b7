import { defaultSwitches } from '../../local/switches.ts';
import type { Options } from './options.ts';
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

type Simpler = (options: Options) => Partial<Options>;

function simplifications(options: Options): readonly Simpler[] {
  const switches = Object.keys(options.switches) as (keyof Options['switches'])[];
  const faults = Object.keys(options.faults) as (keyof Options['faults'])[];
  return [
    () => ({ gateways: 1 }),
    () => ({ groupsPerGateway: 1 }),
    () => ({ attachments: 0 }),
    () => ({ singles: 0 }),
    () => ({ connectionsPerGroup: 1 }),
    () => ({ settingsChange: false }),
    () => ({ unversionedKeys: false }),
    () => ({ deadlineMinutes: 0 }),
    (now) => ({ killAfter: now.killAfter.slice(0, 1), runs: 1 }),
    (now) => ({ killAfter: now.killAfter.map(() => 0) }),
    ...faults.map((name): Simpler => (now) => ({ faults: { ...now.faults, [name]: 0 } })),
    ...switches.map((name): Simpler => (now) => ({
      switches: { ...now.switches, [name]: defaultSwitches()[name] },
    })),
  ];
}
