import { keyturn } from '../contestants/keyturn.ts';
import { lambdas } from '../contestants/lambdas.ts';
import { script } from '../contestants/script.ts';
import { terraform } from '../contestants/terraform.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Estate } from '../estate.ts';
import { race } from '../race.ts';
import type { Contestant, Race, Weather } from '../race.ts';
import { atLeast, atMost, reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

/** Each with how much faster than it a run of Keyturn is to be; null where no goal was set. */
const RIVALS: readonly {
  readonly name: string;
  readonly contestant: Contestant;
  readonly weather?: Weather;
  readonly goal: number | null;
}[] = [
  { name: 'sequential script', contestant: script, goal: 5 },
  { name: 'Terraform', contestant: terraform, goal: 1.5 },
  {
    // Whether a connection's State moves while its gateway is configured is not documented.
    name: 'Terraform, State moving',
    contestant: terraform,
    weather: { switches: { connectionState: 'updating' } },
    goal: 1.5,
  },
  { name: 'a function a secret', contestant: lambdas, goal: null },
];

/** Fifty gateways in five regions; each far end knows one gateway, with one to four connections. */
function estateOf(connectionsPerGateway: number): Estate {
  const size = { regions: 5, gateways: 50, connectionsPerGateway };
  return makeEstate({ ...size, seed: 1, sites: MIXED_SITES, windowMs: WINDOW_MS });
}

interface Standing {
  readonly name: string;
  readonly result: Race;
}

function standings(all: readonly Standing[]): string {
  const line = ({ name, result }: Standing): readonly string[] => {
    const { observer, changedTunnels } = result;
    return [
      name,
      (result.makespanMs / 1_000).toFixed(0),
      String(changedTunnels),
      String(observer.changes.length),
      String(observer.totalCalls),
      (observer.totalCalls / Math.max(1, changedTunnels)).toFixed(2),
      String(observer.busy),
      String(observer.throttled),
      String(observer.cut.size),
      String(result.failedSites),
    ];
  };
  const head = ['contestant', 'seconds', 'tunnels', 'windows', 'calls', 'a tunnel'];
  return table([...head, 'busy', 'throttled', 'cut', 'failed'], all.map(line));
}

async function measure(
  tunnels: number,
  estate: Estate,
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const mine = await race(keyturn, estate);
  const all: Standing[] = [{ name: 'Keyturn', result: mine }];
  const rows: Row[] = [];
  for (const { name: rival, contestant, weather, goal } of RIVALS) {
    const result = await race(contestant, estate, weather);
    all.push({ name: rival, result });
    const name = `rivals-${tunnels}, ${rival}`;
    const faster = result.makespanMs / mine.makespanMs;
    const calls = mine.observer.totalCalls / result.observer.totalCalls;
    const cut = result.observer.cut.size;
    rows.push(
      goal === null
        ? reported(`${name}: its time ÷ Keyturn’s`, faster, '')
        : atLeast(`${name}: its time ÷ Keyturn’s`, faster, '', goal),
      atMost(`${name}: Keyturn’s calls ÷ its calls`, calls, '', 1),
      reported(`${name}: connections with both tunnels down at once`, cut, ''),
    );
  }
  say(standings(all));
  say('cut: connections that had both tunnels down at once; failed: sites that were given up');
  const floorName = `rivals-${tunnels}: Keyturn’s makespan ÷ floor`;
  return [reported(floorName, mine.ratio, ''), ...rows];
}

export const RIVALRIES: readonly Section[] = [1, 10].map((connectionsPerGateway) => {
  const tunnels = 100 * connectionsPerGateway;
  return {
    name: `rivals-${tunnels}`,
    title: `${tunnels} tunnels over 50 gateways, next to what people would write by hand`,
    quick: tunnels <= 100,
    run: (say: (text: string) => void) => measure(tunnels, estateOf(connectionsPerGateway), say),
  };
});
