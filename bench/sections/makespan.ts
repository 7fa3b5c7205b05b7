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
export const SIZES: Readonly<Record<string, Size>> = {
  '10': { regions: 1, gateways: 1, connectionsPerGateway: 5 },
  '100': { regions: 1, gateways: 5, connectionsPerGateway: 10 },
  '1000': { regions: 1, gateways: 50, connectionsPerGateway: 10 },
  '1000-spread': { regions: 10, gateways: 50, connectionsPerGateway: 10 },
  '10000': { regions: 10, gateways: 500, connectionsPerGateway: 10 },
  // What binds here is the region's write quota.
  '10000-one-region': { regions: 1, gateways: 500, connectionsPerGateway: 10 },
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

interface Told extends Weather {
  readonly words: string;
  readonly goal: number;
}

const OTHER_WRITES = 0.3 * WRITE_QUOTA;

/** What a run meets besides the cloud itself, and which sizes are measured with it. */
const WEATHERS: Readonly<Record<string, Told & { readonly sizes: readonly string[] }>> = {
  makespan: { words: '', goal: 1.05, sizes: Object.keys(SIZES) },
  shared: {
    otherWrites: OTHER_WRITES,
    words: ', another tool takes 30 % of the write quota',
    goal: 1.15,
    sizes: ['10', '100', '1000', '10000', '10000-one-region'],
  },
  failing: {
    faults: FAILING,
    words: ', 1 % of the calls fail',
    goal: 1.15,
    sizes: ['10', '100', '1000', '10000'],
  },
  'shared-failing': {
    otherWrites: OTHER_WRITES,
    faults: FAILING,
    words: ', another tool and failing calls at once',
    goal: 1.15,
    sizes: ['1000'],
  },
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
  job: { readonly size: Size; readonly weather: Told },
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const { size, weather } = job;
  const estate = makeEstate({ ...size, seed: 1, sites: 'mesh', windowMs: WINDOW_MS });
  const result = await race(keyturn, estate, weather);
  say(describeRace(result));
  const { observer, changedTunnels } = result;
  const alone = weather.otherWrites === undefined;
  const throttled = (1_000 * observer.throttled) / observer.changes.length;
  const throttledName = `${name}: throttled answers a thousand writes`;
  return [
    atMost(`${name}: makespan ÷ floor`, result.ratio, '', weather.goal),
    reported(`${name}: floor`, result.floor.totalMs / 1_000, 's'),
    alone ? atMost(throttledName, throttled, '', 0) : reported(throttledName, throttled, ''),
    reported(`${name}: calls a changed tunnel`, observer.totalCalls / changedTunnels, ''),
    atMost(`${name}: tunnels left unchanged`, estate.tunnels - changedTunnels, '', 0),
  ];
}

function section(kind: string, weather: Told, sizeName: string): Section {
  const size = SIZES[sizeName];
  if (size === undefined) throw new Error(`no size ${sizeName}`);
  const tunnels = 2 * size.gateways * size.connectionsPerGateway;
  const name = `${kind}-${sizeName}`;
  return {
    name,
    title: `${tunnels} tunnels over ${size.gateways} gateways in ${size.regions} regions${weather.words}`,
    quick: tunnels <= 100,
    run: (say) => measure(name, { size, weather }, say),
  };
}

export const MAKESPANS: readonly Section[] = Object.entries(WEATHERS).flatMap(([kind, weather]) =>
  weather.sizes.map((size) => section(kind, weather, size)),
);
