import { flatten } from '../../functions/alicloud/rpc.ts';
import type { RpcAnswer, RpcCall, RpcTransport } from '../../functions/alicloud/rpc.ts';
import type { Cloud, DirectCall } from '../../local/cloud.ts';
import type { CallResult } from '../../local/front-door/call.ts';
import { forever } from './ports.ts';

type Network = NonNullable<Extract<RpcAnswer, { kind: 'error' }>['network']>;

/** Ends a simulated process: from then on nothing it waits for ever comes. */
export class Life {
  /** Requests that this process has sent. */
  requests = 0;
  readonly #killAfter: number;
  #killed = false;
  readonly #stopAfter: number;
  readonly #stop = new AbortController();

  /** 0: it lives, and is never asked to stop. */
  constructor(killAfter: number, stopAfter = 0) {
    this.#killAfter = killAfter;
    this.#stopAfter = stopAfter;
  }

  get over(): boolean {
    return this.#killed || (this.#killAfter > 0 && this.requests >= this.#killAfter);
  }

  /** Ends it from outside. */
  kill(): void {
    this.#killed = true;
    this.onEnd();
  }

  /** Aborted when the process is asked to stop at the next safe point. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Tells whoever waits for the process that it was killed. */
  onEnd: () => void = () => undefined;

  /** Counts the request that `send` sends. */
  spend<T>(send: () => T): T {
    this.requests += 1;
    const result = send();
    if (this.over) this.onEnd();
    if (this.requests === this.#stopAfter) this.#stop.abort();
    return result;
  }
}

/** Time an ordinary request takes, and after which the caller gives up on one. */
export const LATENCY_MS = 20;
export const TIMEOUT_MS = 10_000;

/** What is between a process and the cloud. */
export interface Wire {
  readonly carryOut: (call: DirectCall) => CallResult;
  /** Holds a request back before it is sent; false: for so long that its sender has given up on it. */
  readonly admit?: () => Promise<boolean>;
}

/** The adapters' transport, straight into the local cloud's pipeline: encoding and decoding stay real. */
export function simulatedTransport(
  cloud: Cloud,
  life: Life,
  sleep: (ms: number) => Promise<void>,
  wire: Wire = { carryOut: (call) => cloud.call(call) },
): RpcTransport {
  return {
    async request(call: RpcCall): Promise<RpcAnswer> {
      if (life.over) return forever();
      if (wire.admit !== undefined && !(await wire.admit())) return broken('timeout');
      if (life.over) return forever();
      const query = flatten(call.query);
      const form = call.body === null ? {} : flatten(call.body);
      const { product, action, regionId } = call;
      const result = life.spend(() => wire.carryOut({ product, action, regionId, query, form }));
      await sleep(LATENCY_MS);
      if (life.over) return forever();
      switch (result.kind) {
        case 'stall':
          await sleep(TIMEOUT_MS);
          return life.over ? forever() : broken('timeout');
        case 'reset':
          return broken('reset');
        case 'answer': {
          if (result.delayMs > 0) await sleep(Math.min(result.delayMs, TIMEOUT_MS));
          if (life.over) return forever();
          if (result.delayMs >= TIMEOUT_MS) return broken('timeout');
          const { body, status } = result;
          if (typeof body === 'string') return broken('unparsable');
          return status < 300 ? { kind: 'ok', body } : refused(body, status);
        }
      }
    },
  };
}

function refused(body: Readonly<Record<string, unknown>>, status: number): RpcAnswer {
  return {
    kind: 'error',
    code: String(body['Code']),
    status,
    requestId: String(body['RequestId']),
    retryAfterMs: null,
  };
}

function broken(network: Network): RpcAnswer {
  return { kind: 'error', code: '', status: null, requestId: null, retryAfterMs: null, network };
}
