import { inspect } from 'node:util';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { after, minutes } from '../../functions/core/units.ts';
import { RUN_DEFAULTS, hex } from '../../functions/run/context.ts';
import type { Run } from '../../functions/run/context.ts';
import type { Purpose } from '../../functions/run/prepare.ts';
import { restore, rotate } from '../../functions/run/rotate.ts';
import type { Call } from '../../local/front-door/call.ts';
import { Prng } from '../../local/prng.ts';
import { clockOf, randomOf } from './ports.ts';
import { REGION } from './scenario.ts';
import { Life, simulatedTransport } from './transport.ts';
import type { RunEnd, World } from './world.ts';

/** No run may take longer than a day of virtual time. */
const RUN_LIMIT_MS = 24 * 3_600_000;

/** One run of the real engine, to its end or to its kill. */
export async function launch(
  world: World,
  job: {
    readonly number: number;
    readonly killAfter: number;
    readonly crowded: boolean;
    readonly purpose: Purpose;
  },
): Promise<RunEnd> {
  const { options, scenario } = world;
  const life = new Life(job.killAfter);
  const transport = simulatedTransport(world.cloud, life, (ms) => world.clock.sleep(ms));
  const random = randomOf(new Prng(options.seed).fork(`run ${job.number}`));
  const clock = clockOf(world.clock, life);
  const deadline =
    options.deadlineMinutes === 0 ? null : after(clock.now(), minutes(options.deadlineMinutes));
  const run: Run = {
    ports: {
      clock,
      random,
      log: { event: (event) => world.output.push(JSON.stringify(event)) },
      vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
      secrets: createSecretStore(transport, REGION),
      invoker: null,
    },
    options: { ...RUN_DEFAULTS, deadline },
    runId: `run_${job.number}`,
    nonce: hex(random.bytes(16)),
    parseDocument,
    lease: null,
  };
  const counts = { writes: 0, labelMoves: 0 };
  const count = (call: Call, result: unknown): void => {
    if (result === null) return;
    if (call.action.startsWith('Modify')) counts.writes += 1;
    const lease = { ...call.form, ...call.query }['SecretName'] === scenario.leaseSecret;
    if (!lease && /^(Put|Update)Secret/.test(call.action)) counts.labelMoves += 1;
  };
  world.cloud.watchers.push(count);
  const killed = new Promise<'killed'>((resolve) => {
    life.onEnd = () => resolve('killed');
  });
  const begin = job.purpose === 'restore' ? restore : rotate;
  const work = begin(run, {
    secrets: scenario.sites.map((site) => site.secret),
    trigger: 'simulation',
    requestReason: null,
    leaseSecret: options.lease ? scenario.leaseSecret : null,
    task: null,
    successor: null,
    countedCalls: () => ({}),
  }).then(
    (report) => ({ report, error: null }),
    (error: unknown) => ({ report: null, error: inspect(error) }),
  );
  const limit = world.clock.sleep(RUN_LIMIT_MS).then(() => 'endless' as const);
  const end = await Promise.race([work, killed, limit]);
  world.cloud.watchers.splice(world.cloud.watchers.indexOf(count), 1);
  const { number, crowded, purpose } = job;
  const base = { number, crowded, purpose, ...counts };
  if (end === 'endless') {
    world.violate(9, `run ${job.number} did not end within a day`);
    return { ...base, killed: true, report: null, error: null };
  }
  if (end === 'killed') return { ...base, killed: true, report: null, error: null };
  world.output.push(JSON.stringify(end.report), end.error ?? '');
  return { ...base, killed: false, ...end };
}
