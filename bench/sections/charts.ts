import { writeFileSync } from 'node:fs';
import { makespanChart } from '../charts/makespan-chart.ts';
import type { Curve } from '../charts/makespan-chart.ts';
import { timeline } from '../charts/timeline.ts';
import { keyturn } from '../contestants/keyturn.ts';
import { lambdas } from '../contestants/lambdas.ts';
import { script } from '../contestants/script.ts';
import { terraform } from '../contestants/terraform.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Estate } from '../estate.ts';
import { race } from '../race.ts';
import type { Contestant, Race } from '../race.ts';
import { table } from '../rows.ts';
import type { Section } from '../section.ts';

const GATEWAYS = [1, 5, 50, 500];
/** Of these sizes the rivals run the first: ten thousand tunnels take them, here, too long. */
const RIVALS_RUN = 3;

/** Ten connections a gateway, no more than 25 gateways a region: the quotas of customer gateways. */
function estateOf(gateways: number): Estate {
  const regions = Math.ceil(gateways / 25);
  const size = { regions, gateways, connectionsPerGateway: 10 };
  return makeEstate({ ...size, seed: 1, sites: MIXED_SITES, windowMs: WINDOW_MS });
}

const RIVALS: readonly (Omit<Curve, 'points'> & { readonly contestant: Contestant })[] = [
  { contestant: script, name: 'sequential script', color: '#a3423c' },
  { contestant: terraform, name: 'Terraform (cuts both tunnels)', color: '#7a5aa6' },
  { contestant: lambdas, name: 'a function a secret', color: '#b5791b' },
];

async function curves(say: (text: string) => void): Promise<readonly Curve[]> {
  const estates = GATEWAYS.map(estateOf);
  const run = async (contestant: Contestant, sizes: number): Promise<readonly Race[]> => {
    const races: Race[] = [];
    for (const estate of estates.slice(0, sizes)) races.push(await race(contestant, estate));
    return races;
  };
  const points = (races: readonly Race[], lengthMs: (result: Race) => number): Curve['points'] =>
    races.map((result, index) => ({
      tunnels: estates[index]?.tunnels ?? 0,
      seconds: lengthMs(result) / 1_000,
    }));
  const mine = await run(keyturn, estates.length);
  const floor = points(mine, (result) => result.floor.totalMs);
  const drawn: Curve[] = [
    { name: 'floor', color: '#8a97a5', dashed: true, points: floor },
    { name: 'Keyturn', color: '#2463a8', points: points(mine, (result) => result.makespanMs) },
  ];
  for (const { contestant, name, color } of RIVALS) {
    const races = await run(contestant, RIVALS_RUN);
    drawn.push({ name, color, points: points(races, (result) => result.makespanMs) });
  }
  const lines = drawn.map((curve) => [
    curve.name,
    ...estates.map((_, index) => curve.points[index]?.seconds.toFixed(0) ?? ''),
  ]);
  say(table(['seconds by tunnels', ...estates.map(({ tunnels }) => String(tunnels))], lines));
  return drawn;
}

/** Few enough windows to be seen one by one. */
async function drawTimeline(): Promise<string> {
  const size = { regions: 1, gateways: 4, connectionsPerGateway: 5 };
  const estate = makeEstate({ ...size, seed: 1, sites: 'mesh', windowMs: WINDOW_MS });
  const { observer, floor, begunAt, makespanMs } = await race(keyturn, estate);
  const endedAt = begunAt + makespanMs;
  return timeline({ changes: observer.changes, begunAt, endedAt, floorMs: floor.totalMs });
}

export const CHARTS: Section = {
  name: 'charts',
  title: 'pictures for docs/pace.md',
  quick: false,
  async run(say) {
    writeFileSync('docs/timeline.svg', await drawTimeline());
    writeFileSync('docs/makespan.svg', makespanChart(await curves(say)));
    say('written: docs/makespan.svg, docs/timeline.svg');
    return [];
  },
};
