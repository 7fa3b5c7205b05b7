/**
 * An account in virtual time: the local cloud, whose Function Compute runs the real engine in this process
 * instead of in one of its own. Queue, retries, task ids and instances are the local Function Compute's;
 * what a killed function was waiting for never comes.
 */
import { createInvoker } from '../../functions/alicloud/invoker.ts';
import type { FcCall } from '../../functions/alicloud/fc-client.ts';
import { networkError } from '../../functions/alicloud/rpc.ts';
import type { RpcAnswer } from '../../functions/alicloud/rpc.ts';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseEvent } from '../../functions/core/command.ts';
import type { Command } from '../../functions/core/command.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import type { Report } from '../../functions/core/report.ts';
import { epochMs } from '../../functions/core/units.ts';
import type { Invoker } from '../../functions/ports/invoker.ts';
import { RUN_DEFAULTS, hex } from '../../functions/run/context.ts';
import type { Run, RunOptions } from '../../functions/run/context.ts';
import { Cloud } from '../../local/cloud.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { AsyncTask } from '../../local/fc/async-task.ts';
import type { FunctionContext } from '../../local/fc/context.ts';
import type { FunctionSettings } from '../../local/fc/function.ts';
import { inProcess } from '../../local/fc/in-process.ts';
import type { InProcessHandler } from '../../local/fc/in-process.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import { Prng } from '../../local/prng.ts';
import type { Switches } from '../../local/switches.ts';
import { clockOf, randomOf } from '../simulation/ports.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

/** What a function of the account does with a run; throws as the function would. */
export type Handler = (run: Run, command: Command) => Promise<Report>;

export type Functions = Readonly<
  Record<string, { readonly handler: Handler } & Omit<FunctionSettings, 'name' | 'bundlePath'>>
>;

export interface AccountOptions {
  readonly fleet: FleetFile;
  readonly functions: Functions;
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  readonly options?: Partial<RunOptions>;
}

/** As the functions' entries keep it back. */
const RESERVE_MS = 30_000;
const LATENCY_MS = 20;
const TIMEOUT_MS = 10_000;
const FOREVER = new Promise<never>(() => undefined);

export class VirtualAccount {
  readonly clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1), drive: 'auto' });
  readonly cloud: Cloud;
  /** Tunnels in the order in which writes to them were accepted. */
  readonly writes: string[] = [];
  /** Everything that functions logged. */
  readonly output: string[] = [];
  readonly #options: AccountOptions;
  readonly #random: Prng;
  #started = 0;

  constructor(options: AccountOptions) {
    const { fleet, functions, seed = 1, switches = {} } = options;
    this.#options = options;
    this.#random = new Prng(seed).fork('account');
    const sleep = (ms: number): Promise<void> => this.clock.sleep(ms);
    const handlers = new Map(Object.keys(functions).map((name) => [name, this.#handler(name)]));
    this.cloud = new Cloud({
      seed,
      now: () => this.clock.now(),
      sleep,
      fleet,
      switches,
      execute: inProcess({ sleep, handlers }),
    });
    this.cloud.watchers.push((call, result) => {
      const accepted = result?.kind === 'answer' && result.status < 300;
      if (!accepted || !call.action.startsWith('Modify')) return;
      const { VpnConnectionId = '', TunnelId = '' } = { ...call.form, ...call.query };
      this.writes.push(`${call.regionId}/${VpnConnectionId}/${TunnelId}`);
    });
    for (const [name, { handler: _handler, ...settings }] of Object.entries(functions)) {
      const bundlePath = 'in this process';
      const trigger = { kind: 'timer', name: 'nightly', cron: '0 0 2 * * *', payload: '' } as const;
      this.cloud.functions.register({ name, bundlePath, asyncTask: true, ...settings }, [
        { ...trigger, qualifier: 'LATEST', enabled: true },
      ]);
    }
  }

  /** A timer goes off; resolves when the account has come to rest. Gives what each task gave back. */
  async fire(functionName: string, payload = ''): Promise<readonly Ended[]> {
    const { functions } = this.cloud;
    const known = functions.tasks.all().length;
    functions.fireTimer({ functionName, triggerName: 'nightly', payload });
    await functions.idle();
    return functions.tasks.all().slice(known).map(endOf);
  }

  #handler(name: string): InProcessHandler {
    return async (event, context, signal) => {
      const life = new Life(0);
      signal.addEventListener('abort', () => life.kill(), { once: true });
      const command = parseEvent(event.toString());
      const handler = this.#options.functions[name]?.handler;
      if (handler === undefined) throw new Error(`no function ${name}`);
      return JSON.stringify(await handler(this.#run(life, context, command), command));
    };
  }

  #run(life: Life, context: FunctionContext, command: Command): Run {
    const { clock } = this;
    const random = randomOf(this.#random.fork(`invocation ${this.#started}`));
    this.#started += 1;
    const transport = simulatedTransport(this.cloud, life, (ms) => clock.sleep(ms));
    const timeoutMs = context.function.timeout * 1_000;
    const killedAt = clock.now() + timeoutMs;
    const identity = random.sha256Hex(command.identity ?? context.requestId).slice(0, 20);
    return {
      ports: {
        clock: clockOf(clock, life),
        random,
        log: { event: (event) => this.output.push(JSON.stringify(event)) },
        vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
        secrets: createSecretStore(transport, this.#options.fleet.kmsRegion, () => secretAnswers),
        invoker: this.#invoker(life),
      },
      options: {
        ...RUN_DEFAULTS,
        deadline: epochMs(killedAt - Math.min(RESERVE_MS, timeoutMs / 4)),
        killedAt: epochMs(killedAt),
        rateShare: command.task?.shard?.rateShare ?? RUN_DEFAULTS.rateShare,
        ...this.#options.options,
      },
      runId: command.runId ?? `run_${identity}`,
      nonce: hex(random.bytes(16)),
      parseDocument,
      lease: null,
    };
  }

  /** The adapter over Function Compute's own pipeline; only signatures and sockets are left out. */
  #invoker(life: Life): Invoker {
    return createInvoker(async (call): Promise<RpcAnswer> => {
      if (life.over) return FOREVER;
      const answer = await this.cloud.callFunction(requestOf(call));
      await this.clock.sleep(LATENCY_MS);
      if (life.over) return FOREVER;
      if (answer.kind === 'reset') return networkError('reset');
      if (answer.kind === 'stall') {
        await this.clock.sleep(TIMEOUT_MS);
        return life.over ? FOREVER : networkError('timeout');
      }
      const text = answer.body.toString();
      const body: unknown = text === '' ? {} : JSON.parse(text);
      const { status } = answer;
      if (status < 300) return { kind: 'ok', body };
      const { Code: code } = body as { readonly Code: string };
      return { kind: 'error', code, status, requestId: null, retryAfterMs: null };
    }, null);
  }
}

function requestOf(call: FcCall): Parameters<Cloud['callFunction']>[0] {
  const base = `/2023-03-30/functions/${encodeURIComponent(call.functionName)}`;
  const read = { method: 'GET', query: {}, headers: {}, body: Buffer.alloc(0) };
  switch (call.action) {
    case 'InvokeFunction':
      return {
        method: 'POST',
        path: `${base}/invocations`,
        query: {},
        headers: { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': call.taskId },
        body: Buffer.from(call.event),
      };
    case 'ListAsyncTasks': {
      const { prefix, nextToken } = call;
      const query = { prefix, limit: '100', nextToken: nextToken ?? '' };
      return { ...read, path: `${base}/async-tasks`, query };
    }
    case 'GetAsyncTask':
      return { ...read, path: `${base}/async-tasks/${call.taskId}` };
  }
}

/** What has become of a task. */
export interface Ended {
  readonly taskId: string;
  readonly functionName: string;
  readonly status: string;
  readonly attempts: number;
  /** Null where the function did not give one back. */
  readonly report: Report | null;
  readonly error: string | null;
}

function endOf(task: AsyncTask): Ended {
  const { taskId, functionName, status, attempts, error } = task;
  const report = status === 'Succeeded' ? (JSON.parse(task.result) as Report) : null;
  return { taskId, functionName, status, attempts, report, error };
}
