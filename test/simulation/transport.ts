import { flatten } from '../../functions/alicloud/rpc.ts';
import type { RpcAnswer, RpcCall, RpcTransport } from '../../functions/alicloud/rpc.ts';
import type { Cloud } from '../../local/cloud.ts';

type Network = NonNullable<Extract<RpcAnswer, { kind: 'error' }>['network']>;

/** Ends a simulated process: from then on nothing it waits for ever comes. */
export class Life {
  /** Requests that this process has sent. */
  requests = 0;
  readonly #killAfter: number;
  #killed = false;

  /** `killAfter` 0: it lives. */
  constructor(killAfter: number) {
    this.#killAfter = killAfter;
  }

  get over(): boolean {
    return this.#killed || (this.#killAfter > 0 && this.requests >= this.#killAfter);
  }

  /** Ends it from outside. */
  kill(): void {
    this.#killed = true;
    this.onEnd();
  }

  /** Tells whoever waits for the process that it was killed. */
  onEnd: () => void = () => undefined;

  spend(): void {
    this.requests += 1;
    if (this.over) this.onEnd();
  }
}

const FOREVER = new Promise<never>(() => undefined);

/** Time an ordinary request takes, and after which the caller gives up on one. */
const LATENCY_MS = 20;
const TIMEOUT_MS = 10_000;

/** The adapters' transport, straight into the local cloud's pipeline: encoding and decoding stay real. */
export function simulatedTransport(
  cloud: Cloud,
  life: Life,
  sleep: (ms: number) => Promise<void>,
): RpcTransport {
  return {
    async request(call: RpcCall): Promise<RpcAnswer> {
      if (life.over) return FOREVER;
      life.spend();
      const query = flatten(call.query);
      const form = call.body === null ? {} : flatten(call.body);
      const { product, action, regionId } = call;
      const result = cloud.call({ product, action, regionId, query, form });
      await sleep(LATENCY_MS);
      if (life.over) return FOREVER;
      switch (result.kind) {
        case 'stall':
          await sleep(TIMEOUT_MS);
          return life.over ? FOREVER : broken('timeout');
        case 'reset':
          return broken('reset');
        case 'answer': {
          await sleep(result.delayMs);
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
