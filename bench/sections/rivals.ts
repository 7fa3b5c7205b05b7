import { keyturn } from '../contestants/keyturn.ts';
import { lambdas } from '../contestants/lambdas.ts';
import { script } from '../contestants/script.ts';
import { terraform } from '../contestants/terraform.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Estate } from '../estate.ts';
import { race } from '../race.ts';
import type { Contestant, Race } from '../race.ts';
import { atLeast, atMost, reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

/** Each with how much faster than it a run of Keyturn is to be; null where no goal was set. */
const RIVALS: readonly { readonly rival: Contestant; readonly goal: number | null }[] = [
  { rival: script, goal: 5 },
  { rival: terraform, goal: 1.5 },
  { rival: lambdas, goal: null },
];

const CONTESTANTS: readonly Contestant[] = [keyturn, ...RIVALS.map(({ rival }) => rival)];

/** Fifty gateways in five regions; each far end knows one gateway, with one to four connections. */
export function estateOf(connectionsPerGateway: number): Estate {
  const size = { regions: 5, gateways: 50, connectionsPerGateway };
  return makeEstate({ ...size, seed: 1, sites: MIXED_SITES, windowMs: WINDOW_MS });
}

export function standings(races: readonly Race[]): string {
  const line = (result: Race): readonly string[] => {
    const { observer, changedTunnels } = result;
    return [
      result.contestant,
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
  return table([...head, 'busy', 'throttled', 'cut', 'failed'], races.map(line));
}

async function measure(
  tunnels: number,
  estate: Estate,
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const races: Race[] = [];
  for (const contestant of CONTESTANTS) races.push(await race(contestant, estate));
  say(standings(races));
  say('cut: connections that had both tunnels down at once; failed: sites that were given up');
  const [mine] = races;
  if (mine === undefined) return [];
  return RIVALS.flatMap(({ rival, goal }, index): Row[] => {
    const theirs = races[index + 1];
    if (theirs === undefined) return [];
    const name = `rivals-${tunnels}, ${rival.name}`;
    const faster = theirs.makespanMs / mine.makespanMs;
    const saved = theirs.observer.totalCalls - mine.observer.totalCalls;
    return [
      goal === null
        ? reported(`${name}: its time ÷ Keyturn’s`, faster, '')
        : atLeast(`${name}: its time ÷ Keyturn’s`, faster, '', goal),
      atMost(
        `${name}: Keyturn’s calls ÷ its calls`,
        mine.observer.totalCalls / theirs.observer.totalCalls,
        '',
        1,
      ),
      reported(`${name}: calls saved`, saved, ''),
      reported(`${name}: connections with both tunnels down at once`, theirs.observer.cut.size, ''),
    ];
  });
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
