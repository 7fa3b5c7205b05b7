import type { FaultRule } from '../../local/faults.ts';
import { keyturn } from '../contestants/keyturn.ts';
import { WINDOW_MS, makeEstate } from '../estate.ts';
import type { Shape } from '../estate.ts';
import { WRITE_QUOTA, race } from '../race.ts';
import type { Race, Weather } from '../race.ts';
import { atMost, reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

type Size = Pick<Shape, 'regions' | 'gateways' | 'connectionsPerGateway'>;

/** Ten connections a gateway are the service's quota; every site has a connection to every gateway. */
const SIZES: Readonly<Record<string, Size>> = {
  '10': { regions: 1, gateways: 1, connectionsPerGateway: 5 },
  '100': { regions: 1, gateways: 5, connectionsPerGateway: 10 },
  '1000': { regions: 1, gateways: 50, connectionsPerGateway: 10 },
  '1000-spread': { regions: 10, gateways: 50, connectionsPerGateway: 10 },
  '10000': { regions: 10, gateways: 500, connectionsPerGateway: 10 },
  // One connection a gateway, one region: what binds is the write quota.
  crowded: { regions: 1, gateways: 1_000, connectionsPerGateway: 1 },
};

/** One call in a hundred fails, in the ways in which calls fail. */
const FAILING: readonly FaultRule[] = (
  [
    ['reset-before', 3],
    ['reset-after-applied', 2],
    ['server-500', 3],
    ['html-502', 1],
    ['stall-before', 1],
  ] as const
).map(([kind, thousandths]) => ({ kind, chance: [thousandths, 1_000] }));

const WEATHERS: Readonly<Record<string, Weather>> = {
  shared: { otherWrites: 0.3 * WRITE_QUOTA },
  failing: { faults: FAILING },
  'shared-failing': { otherWrites: 0.3 * WRITE_QUOTA, faults: FAILING },
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

function describeRace(result: Race): string {
  const { floor, observer, changedTunnels } = result;
  const calls = [...observer.calls].sort(([, a], [, b]) => b - a);
  return [
    `makespan ${seconds(result.makespanMs)} s, floor ${seconds(floor.totalMs)} s = canary ${seconds(floor.canaryMs)} s`,
    `  + the longest of gateway ${seconds(floor.gatewayMs)} s, connection ${seconds(floor.connectionMs)} s, rate ${seconds(floor.rateMs)} s`,
    `${changedTunnels} tunnels changed in ${observer.changes.length} windows; ${observer.throttled} answers throttled,` +
      ` ${observer.busy} busy; ${seconds(result.realMs)} s of real time`,
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
  job: { readonly size: Size; readonly weather: Weather },
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const { size, weather } = job;
  const alone = weather === ALONE;
  const estate = makeEstate({ ...size, seed: 1, sites: 'mesh', windowMs: WINDOW_MS });
  const result = await race(keyturn, estate, weather);
  say(describeRace(result));
  const { observer, changedTunnels } = result;
  const throttled = (1_000 * observer.throttled) / observer.changes.length;
  const throttledName = `${name}: throttled answers a thousand writes`;
  return [
    atMost(`${name}: makespan ÷ floor`, result.ratio, '', alone ? 1.05 : 1.15),
    reported(`${name}: floor`, result.floor.totalMs / 1_000, 's'),
    alone ? atMost(throttledName, throttled, '', 0) : reported(throttledName, throttled, ''),
    reported(`${name}: calls a changed tunnel`, observer.totalCalls / changedTunnels, ''),
    atMost(`${name}: tunnels left unchanged`, estate.tunnels - changedTunnels, '', 0),
  ];
}

const ALONE: Weather = {};

function section(name: string, size: Size, weather: Weather, what: string): Section {
  const tunnels = 2 * size.gateways * size.connectionsPerGateway;
  return {
    name,
    title: `${tunnels} tunnels over ${size.gateways} gateways in ${size.regions} regions${what}`,
    quick: tunnels <= 100,
    run: (say) => measure(name, { size, weather }, say),
  };
}

const TOLD: Readonly<Record<string, string>> = {
  shared: ', another tool takes 30 % of the write quota',
  failing: ', 1 % of the calls fail',
  'shared-failing': ', both at once: another tool, and failing calls',
};

export const MAKESPANS: readonly Section[] = [
  ...Object.entries(SIZES).map(([name, size]) => section(`makespan-${name}`, size, ALONE, '')),
  ...Object.entries(SIZES).flatMap(([name, size]) =>
    Object.entries(WEATHERS).map(([kind, weather]) =>
      section(`${kind}-${name}`, size, weather, TOLD[kind] ?? ''),
    ),
  ),
];
