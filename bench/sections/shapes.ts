import { keyturn } from '../contestants/keyturn.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Shape } from '../estate.ts';
import { race } from '../race.ts';
import { atMost, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

const CALLS_MAX = 2.5;

/** A thousand tunnels over fifty gateways, by who is at the far ends. Regions as the quotas demand. */
const SHAPES: readonly (Pick<Shape, 'regions' | 'sites'> & { readonly name: string })[] = [
  { name: '10 sites, each at every gateway', regions: 1, sites: 'mesh' },
  { name: '50 sites of 10 connections', regions: 1, sites: [10] },
  { name: '100 sites of 5 connections', regions: 1, sites: [5] },
  { name: '200 sites of 1 to 4 connections', regions: 2, sites: MIXED_SITES },
  { name: '500 sites of 1 connection', regions: 5, sites: [1] },
];

/** What counts towards a kind of call, by the first that fits. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['writes', /^Modify/],
  ['proof', /Logs$/],
  ['gateways', /^DescribeVpnGateways$/],
  ['connections', /^DescribeVpnConnections$/],
  ['KMS', /./],
];

async function measure(say: (text: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const lines: string[][] = [];
  for (const { name, regions, sites } of SHAPES) {
    const size = { regions, gateways: 50, connectionsPerGateway: 10 };
    const estate = makeEstate({ ...size, seed: 1, sites, windowMs: WINDOW_MS });
    const { observer, changedTunnels, ratio } = await race(keyturn, estate);
    const calls = observer.totalCalls / changedTunnels;
    const kinds = new Map(KINDS.map(([kind]) => [kind, 0]));
    for (const [action, count] of observer.calls) {
      const kind = KINDS.find(([, pattern]) => pattern.test(action))?.[0] ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + count / changedTunnels);
    }
    const shares = [...kinds.values()].map((share) => share.toFixed(3));
    lines.push([name, String(estate.sites.length), ...shares, calls.toFixed(3), ratio.toFixed(3)]);
    rows.push(atMost(`calls a changed tunnel: ${name}`, calls, '', CALLS_MAX));
  }
  const kinds = KINDS.map(([kind]) => kind);
  say(table(['calls a changed tunnel', 'documents', ...kinds, 'all', '÷ floor'], lines));
  return rows;
}

export const SHAPED: Section = {
  name: 'shapes',
  title: '1,000 tunnels over 50 gateways: calls by the shape of the fleet',
  quick: false,
  run: measure,
};
