import { keyturn } from '../contestants/keyturn.ts';
import { WINDOW_MS, makeEstate } from '../estate.ts';
import type { Shape } from '../estate.ts';
import { race } from '../race.ts';
import type { Race } from '../race.ts';
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
  const estate = makeEstate({ ...size, seed: 1, sites: 'mesh', windowMs: WINDOW_MS });
  const result = await race(keyturn, estate);
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
    atMost(`${name}: tunnels left unchanged`, estate.tunnels - result.changedTunnels, '', 0),
  ];
}

export const MAKESPANS: readonly Section[] = Object.entries(SIZES).map(([name, size]) => {
  const tunnels = 2 * size.gateways * size.connectionsPerGateway;
  return {
    name: `makespan-${name}`,
    title: `${tunnels} tunnels over ${size.gateways} gateways in ${size.regions} regions`,
    quick: tunnels <= 100,
    run: (say: (text: string) => void) => measure(`makespan-${name}`, size, say),
  };
});
