import type { FaultRule } from '../../local/faults.ts';
import { dispatching, rotating } from '../../test/dispatch/functions.ts';
import { VirtualAccount } from '../../test/dispatch/virtual-account.ts';
import { WINDOW_MS, makeEstate } from '../estate.ts';
import type { Estate, Shape } from '../estate.ts';
import { floorOf } from '../floor.ts';
import { Observer } from '../observer.ts';
import { WRITE_QUOTA, changedTunnels } from '../race.ts';
import { atMost, reported } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

const RATIO_MAX = 1.1;
const INSTANCES = 100;
/** Of both functions, as s.yaml has it for the one that is started asynchronously. */
const TIMEOUT_SECONDS = 3_600;

type Size = Pick<Shape, 'regions' | 'gateways'>;

/** Ten connections a gateway, two behind each far end: 4 tunnels a document. */
function estateOf(size: Size): Estate {
  const rest = { connectionsPerGateway: 10, sites: [2], windowMs: WINDOW_MS };
  return makeEstate({ ...size, seed: 1, ...rest });
}

/** What all calls of KMS take at 450 reads of a value and 40 others a second: below the floor, it cannot bind. */
function kmsTime({ calls }: Observer): number {
  const count = (actions: readonly string[]): number =>
    actions.reduce((sum, action) => sum + (calls.get(action) ?? 0), 0);
  const others = ['ListSecrets', 'ListSecretVersionIds', 'PutSecretValue'];
  return Math.max(
    count(['GetSecretValue']) / 0.45,
    count([...others, 'UpdateSecretVersionStage']) / 0.04,
  );
}

/** A timer's event to `dispatch`, on the local Function Compute, until the account is at rest. */
async function measure(
  name: string,
  job: { readonly size: Size; readonly faults: readonly FaultRule[] },
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const estate = estateOf(job.size);
  const limits = { timeoutSeconds: TIMEOUT_SECONDS };
  const account = new VirtualAccount({
    fleet: estate.fleet,
    functions: {
      dispatch: { handler: dispatching(INSTANCES), reservedConcurrency: 1, ...limits },
      rotate: { handler: rotating, reservedConcurrency: INSTANCES, ...limits },
    },
  });
  const { cloud, clock } = account;
  const observer = new Observer(cloud, estate);
  cloud.faults.set(job.faults);
  const begun = clock.now();
  const started = Date.now();
  const ended = await account.fire('dispatch');
  const finished = clock.now();
  cloud.vpc.events.advance(finished + 10 * 60_000);
  const makespanMs = Math.max(finished, ...observer.changes.map(({ upAt }) => upAt)) - begun;
  const floor = floorOf(observer.changes, WRITE_QUOTA);
  const outcome = ended.findLast((task) => task.functionName === 'dispatch')?.report?.outcome;
  const killed = cloud.faults.met.get('killed-instance') ?? 0;
  const seconds = (ms: number): string => (ms / 1_000).toFixed(0);
  say(
    `${estate.sites.length} documents, ${estate.tunnels} tunnels, ${job.size.regions} regions: ${outcome ?? 'no report'}` +
      ` in ${seconds(makespanMs)} s, floor ${seconds(floor.totalMs)} s; ${ended.length} tasks, ${killed} killed,` +
      ` ${observer.throttled} answers throttled; ${seconds(Date.now() - started)} s of real time`,
  );
  for (const { status, error } of ended) {
    if (status !== 'Succeeded') say(`${status}: ${error?.slice(0, 300) ?? ''}`);
  }
  const twice = account.writes.length - new Set(account.writes).size;
  const left = estate.tunnels - changedTunnels(cloud, estate);
  const ratio = makespanMs / floor.totalMs;
  return [
    killed === 0
      ? atMost(`${name}: makespan ÷ floor`, ratio, '', RATIO_MAX)
      : reported(`${name}: makespan ÷ floor`, ratio, ''),
    reported(`${name}: KMS’s calls at its rates ÷ floor`, kmsTime(observer) / floor.totalMs, ''),
    reported(`${name}: calls a changed tunnel`, observer.totalCalls / estate.tunnels, ''),
    reported(`${name}: answers throttled`, observer.throttled, ''),
    atMost(`${name}: tunnels written twice`, twice, '', 0),
    atMost(`${name}: tunnels left unchanged`, left, '', 0),
  ];
}

export const DISPATCHES: readonly Section[] = [
  {
    name: 'dispatch',
    title: '5,000 documents, 20,000 tunnels, 10 regions, 100 instances',
    quick: false,
    run: (say) => measure('dispatch', { size: { regions: 10, gateways: 1_000 }, faults: [] }, say),
  },
  {
    name: 'dispatch-killed',
    title: '500 documents, three shards are killed five minutes after they began',
    quick: false,
    run: (say) => {
      const faults = [2, 5, 9].map((nth): FaultRule => ({
        kind: 'killed-instance',
        function: 'rotate',
        nth,
        delayMs: 5 * 60_000,
      }));
      return measure('dispatch-killed', { size: { regions: 10, gateways: 100 }, faults }, say);
    },
  },
];
