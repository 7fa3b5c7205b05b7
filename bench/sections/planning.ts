import { decodeConnections, decodeGateways } from '../../functions/alicloud/vpn-answers.ts';
import { matchClaims } from '../../functions/core/claims.ts';
import type { Claimant } from '../../functions/core/claims.ts';
import type { Connection, Fleet, VpnGateway } from '../../functions/core/fleet.ts';
import { runOrder } from '../../functions/core/group-plan.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { planGroups } from '../../functions/core/plan.ts';
import type { ClaimState } from '../../functions/core/plan.ts';
import { Cloud } from '../../local/cloud.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../estate.ts';
import type { Estate } from '../estate.ts';
import { median } from '../median.ts';
import { atMost, reported } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

const RATIO_MAX = 1.3;
const ROUNDS = 5;
/** So many tunnels at least are planned for one timing. */
const TIMED_TUNNELS = 20_000;

interface Input {
  readonly tunnels: number;
  readonly fleet: Fleet;
  readonly claimants: readonly Claimant[];
  readonly states: ReadonlyMap<string, ClaimState>;
}

/** What a run has in hand when it begins to plan: the fleet as the adapter reads it, documents as parsed. */
function gather(estate: Estate): Input {
  let now = 0;
  const cloud = new Cloud({ seed: 1, now: () => now, fleet: estate.fleet });
  const gateways: VpnGateway[] = [];
  const connections: Connection[] = [];
  const page = (action: string, regionId: string, PageNumber: string): unknown => {
    // A tenth of a second between two reads keeps to their rate.
    now += 100;
    const query = { PageSize: '50', PageNumber };
    const result = cloud.call({ product: 'vpc', action, regionId, query, form: {} });
    return result.kind === 'answer' ? result.body : null;
  };
  for (const regionId of estate.fleet.regions) {
    for (let number = 1, more = true; more; number += 1) {
      const body = page('DescribeVpnGateways', regionId, String(number));
      const items = decodeGateways(body, regionId)?.items ?? [];
      gateways.push(...items);
      more = items.length === 50;
    }
    for (let number = 1, more = true; more; number += 1) {
      const body = page('DescribeVpnConnections', regionId, String(number));
      const items = decodeConnections(body, regionId)?.items ?? [];
      connections.push(...items);
      more = items.length === 50;
    }
  }
  const documents = estate.fleet.secrets.flatMap(({ name, versions }): Claimant[] => {
    const parsed = parseDocument(JSON.stringify(versions[1]?.data ?? null));
    if (parsed.kind !== 'document') return [];
    return [{ secretName: name, versionId: 'v2', document: parsed.document }];
  });
  const state: ClaimState = {
    promote: true,
    waiting: null,
    held: null,
    closed: null,
    overdue: false,
    believed: () => null,
  };
  return {
    tunnels: estate.tunnels,
    fleet: { gateways, connections },
    claimants: documents,
    states: new Map(documents.map(({ secretName }) => [secretName, state])),
  };
}

/** Groups, claims, plans and their order: everything between the last read and the first write. */
function plan({ fleet, claimants, states }: Input): number {
  const claims = matchClaims(claimants, fleet, groupsOf(fleet));
  const plans = planGroups({ fleet, claims: claims.groups, states });
  return runOrder(plans.filter(({ verdict }) => verdict === 'ready')).reduce(
    (steps, { steps: mine }) => steps + mine.length,
    0,
  );
}

/** Microseconds a tunnel; small inputs are planned as often as makes up for their size. */
function timeOf(input: Input): number {
  const times = Math.max(1, TIMED_TUNNELS / input.tunnels);
  const begun = performance.now();
  for (let time = 0; time < times; time += 1) {
    if (plan(input) !== input.tunnels) throw new Error('not every tunnel was planned');
  }
  return ((performance.now() - begun) * 1_000) / (times * input.tunnels);
}

function measure(sizes: readonly number[]): readonly Row[] {
  const inputs = sizes.map((tunnels) => {
    const size = { regions: 10, gateways: tunnels / 20, connectionsPerGateway: 10 };
    return gather(makeEstate({ ...size, seed: 1, sites: MIXED_SITES, windowMs: WINDOW_MS }));
  });
  const times = inputs.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, input] of inputs.entries()) {
      const time = timeOf(input);
      if (round >= 0) times[index]?.push(time);
    }
  }
  const medians = times.map(median);
  const [first = 0] = medians;
  const last = medians.at(-1) ?? 0;
  return [
    ...sizes.map((tunnels, index) =>
      reported(`planning: a tunnel of ${tunnels}`, medians[index] ?? 0, 'µs'),
    ),
    atMost(
      `planning: time a tunnel at ${sizes.at(-1)} ÷ at ${sizes[0]}`,
      last / first,
      '',
      RATIO_MAX,
    ),
  ];
}

export const PLANNING: readonly Section[] = [
  {
    name: 'planning',
    title: 'the pure core: from what was read to the plan of a run',
    quick: false,
    run: () => Promise.resolve(measure([1_000, 10_000, 100_000])),
  },
];
