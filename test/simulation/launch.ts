import { inspect } from 'node:util';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { after, epochMs, minutes } from '../../functions/core/units.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Random } from '../../functions/ports/random.ts';
import { RUN_DEFAULTS, hex } from '../../functions/run/context.ts';
import type { Run } from '../../functions/run/context.ts';
import { restore, rotate } from '../../functions/run/rotate.ts';
import { workOff } from '../../functions/run/work.ts';
import type { DirectCall } from '../../local/cloud.ts';
import type { Call, CallResult } from '../../local/front-door/call.ts';
import { Prng } from '../../local/prng.ts';
import { clockOf, randomOf } from './ports.ts';
import { REGION } from './scenario.ts';
import { Life, simulatedTransport } from './transport.ts';
import type { Wire } from './transport.ts';
import { paramsOf } from './world.ts';
import type { RunEnd, World } from './world.ts';

/** No run may take longer than a day of virtual time. */
const RUN_LIMIT_MS = 24 * 3_600_000;

/** One invocation to simulate. */
export interface Job {
  readonly purpose: RunEnd['purpose'];
  /** Different for every invocation. */
  readonly number: number;
  /** The same for two deliveries of one trigger. */
  readonly runId: string;
  readonly killAfter: number;
  readonly stopAfter: number;
  readonly deadlineMinutes: number;
  readonly startAfterMs: number;
  readonly crowded: boolean;
  /** Holds each request back until it is its turn. */
  readonly admit?: Wire['admit'];
}

/** Nothing happens to it. */
export const QUIET_JOB = {
  purpose: 'rotate',
  killAfter: 0,
  stopAfter: 0,
  deadlineMinutes: 0,
  startAfterMs: 0,
  crowded: false,
} as const;

/** A clock that is off. */
function skewed(clock: Clock, skewMs: number): Clock {
  return {
    now: () => epochMs(clock.now() + skewMs),
    sleep: (length, signal) => clock.sleep(length, signal),
  };
}

/** One run of the real engine, to its end or to its kill. */
export async function launch(world: World, job: Job): Promise<RunEnd> {
  const { options, scenario } = world;
  if (job.startAfterMs > 0) await world.clock.sleep(job.startAfterMs);
  const life = new Life(job.killAfter, job.stopAfter);
  const prng = new Prng(options.seed).fork(`run ${job.number}`);
  const skewMs = options.skewMs === 0 ? 0 : prng.between(-options.skewMs, options.skewMs);
  const run = runOf(world, job, {
    life,
    random: randomOf(prng),
    clock: skewed(clockOf(world.clock, life), skewMs),
  });
  const counted = countChanges(world, run.nonce);
  const killed = new Promise<'killed'>((resolve) => {
    life.onEnd = () => resolve('killed');
  });
  const begin = job.purpose === 'restore' ? restore : rotate;
  const asked = {
    secrets: scenario.secrets,
    trigger: 'simulation',
    requestReason: null,
    leaseSecret: options.lease ? scenario.leaseSecret : null,
    countedCalls: () => ({}),
    task: null,
    successor: null,
  };
  const work = begin(run, asked, async () => ({ workOff })).then(
    (report) => ({ report, error: null }),
    (error: unknown) => ({ report: null, error: inspect(error) }),
  );
  const limit = world.clock.sleep(RUN_LIMIT_MS).then(() => 'endless' as const);
  const end = await Promise.race([work, killed, limit]);
  const { number, crowded, purpose } = job;
  const base = { number, crowded, purpose, ...counted.stop() };
  if (end === 'endless') {
    world.violate(9, `run ${job.number} did not end within a day`);
    return { ...base, killed: true, report: null, error: null };
  }
  if (end === 'killed') return { ...base, killed: true, report: null, error: null };
  world.output.push(JSON.stringify(end.report), end.error ?? '');
  return { ...base, killed: false, ...end };
}

function runOf(
  world: World,
  job: Job,
  parts: { readonly life: Life; readonly random: Random; readonly clock: Clock },
): Run {
  const { life, random, clock } = parts;
  const nonce = hex(random.bytes(16));
  const deadline =
    job.deadlineMinutes === 0 ? null : after(clock.now(), minutes(job.deadlineMinutes));
  const carryOut = (call: DirectCall): CallResult => {
    const late = deadline !== null && clock.now() >= deadline;
    const stopped = life.stopSignal.aborted || late;
    return world.carryOut({ run: job.number, nonce, stopped }, call);
  };
  const sleep = (ms: number): Promise<void> => world.clock.sleep(ms);
  const { admit } = job;
  const wire = admit === undefined ? { carryOut } : { carryOut, admit };
  const transport = simulatedTransport(world.cloud, life, sleep, wire);
  return {
    ports: {
      clock,
      random,
      log: { event: (event) => world.output.push(JSON.stringify(event)) },
      vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
      secrets: createSecretStore(transport, REGION, () => secretAnswers),
      invoker: null,
    },
    options: {
      ...RUN_DEFAULTS,
      deadline,
      stop: life.stopSignal,
      failureBudget: world.options.failureBudget,
    },
    runId: job.runId,
    nonce,
    parseDocument,
    lease: null,
  };
}

/** Counts what one run asks to be changed, the lease apart. */
function countChanges(world: World, nonce: string) {
  const counts = { writes: 0, labelMoves: 0 };
  const count = (call: Call, result: unknown): void => {
    if (result === null || world.actor === null || world.actor === 'person') return;
    if (world.actor.nonce !== nonce) return;
    if (call.action.startsWith('Modify')) counts.writes += 1;
    const lease = paramsOf(call)['SecretName'] === world.scenario.leaseSecret;
    if (!lease && /^(Put|Update)Secret/.test(call.action)) counts.labelMoves += 1;
  };
  const { watchers } = world.cloud;
  watchers.push(count);
  return {
    stop: () => {
      watchers.splice(watchers.indexOf(count), 1);
      return counts;
    },
  };
}
