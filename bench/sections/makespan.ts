import { keyturn } from '../contestants/keyturn.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Shape } from '../estate.ts';
import { race } from '../race.ts';
import type { Race } from '../race.ts';
import { atMost, reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

type Size = Pick<Shape, 'tunnels' | 'gateways' | 'regions'>;

export function shapeOf(size: Size, seed = 1): Shape {
  return { ...size, seed, siteSizes: MIXED_SITES, windowMs: WINDOW_MS };
}

/** Ten connections a gateway, the service's quota; up to ten regions. */
export const SIZES = {
  '10': { tunnels: 10, gateways: 1, regions: 1 },
  '100': { tunnels: 100, gateways: 5, regions: 1 },
  '1000': { tunnels: 1_000, gateways: 50, regions: 5 },
  '10000': { tunnels: 10_000, gateways: 500, regions: 10 },
} as const satisfies Readonly<Record<string, Size>>;

/** Many gateways with one connection each, in one region: what binds is the write quota. */
const CROWDED = { tunnels: 2_000, gateways: 1_000, regions: 1 };

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

export function describeRace(race: Race): string {
  const { floor, observer, changedTunnels } = race;
  const calls = [...observer.calls].sort(([, a], [, b]) => b - a);
  return [
    `makespan ${seconds(race.makespanMs)} s, floor ${seconds(floor.totalMs)} s = canary ${seconds(floor.canaryMs)} s`,
    `  + the longest of gateway ${seconds(floor.gatewayMs)} s, connection ${seconds(floor.connectionMs)} s, rate ${seconds(floor.rateMs)} s`,
    `${changedTunnels} tunnels changed, ${race.failedSites} sites failed, ${observer.changes.length} windows,` +
      ` ${observer.throttled} throttled, ${observer.busy} busy, ${observer.cut.size} connections cut; ${seconds(race.realMs)} s of real time`,
    table(
      ['calls', 'number', 'a tunnel'],
      [...calls, ['all', observer.totalCalls] as const].map(([action, count]) => [
        action,
        String(count),
        (count / Math.max(1, changedTunnels)).toFixed(3),
      ]),
    ),
  ].join('\n');
}

async function measure(
  name: string,
  size: Size,
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const result = await race(keyturn, makeEstate(shapeOf(size)));
  say(describeRace(result));
  const { observer } = result;
  return [
    atMost(`${name}: makespan ÷ floor`, result.ratio, '', 1.05),
    reported(`${name}: floor`, result.floor.totalMs / 1_000, 's'),
    reported(`${name}: calls a changed tunnel`, observer.totalCalls / result.changedTunnels, ''),
    atMost(
      `${name}: throttled answers a thousand writes`,
      (1_000 * observer.throttled) / observer.changes.length,
      '',
      0,
    ),
    atMost(`${name}: tunnels left unchanged`, size.tunnels - result.changedTunnels, '', 0),
  ];
}

export const MAKESPANS: readonly Section[] = [
  ...Object.entries(SIZES).map(([name, size]) => ({
    name: `makespan-${name}`,
    title: `${size.tunnels} tunnels, ${size.gateways} gateways, ${size.regions} regions`,
    quick: size.tunnels <= 1_000,
    run: (say: (text: string) => void) => measure(`makespan-${name}`, size, say),
  })),
  {
    name: 'makespan-crowded',
    title: `${CROWDED.tunnels} tunnels, ${CROWDED.gateways} gateways in one region: the write quota binds`,
    quick: false,
    run: (say) => measure('makespan-crowded', CROWDED, say),
  },
];
