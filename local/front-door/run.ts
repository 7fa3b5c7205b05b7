/** Carries a call out, and those faults that change how often or on what it is carried out. */
import type { CallContext } from '../operation.ts';
import type { Connection, VpcState } from '../vpc/model.ts';
import { lockId, openWindowOf } from '../vpc/window.ts';
import type { Call } from './call.ts';
import type { ClientTokens } from './idempotency.ts';

type Body = Record<string, unknown>;

/** Answers kept for stale reads. */
const MAX_REMEMBERED = 500;
/** No answer about tunnels is older: docs/safety.md, what is assumed of the cloud. */
const STALE_MS = 15_000;

export class Runner {
  readonly #tokens: ClientTokens;
  readonly #lastAnswers = new Map<string, { readonly at: number; readonly body: Body }>();

  constructor(tokens: ClientTokens) {
    this.#tokens = tokens;
  }

  run(call: Call, context: CallContext): Body {
    const { fault } = call;
    if (fault?.kind === 'stale-read') return this.#stale(call, context);
    if (fault?.kind === 'duplicate-page') return this.#shiftedPage(call, context);
    if (fault?.kind === 'stuck-updating') stick(call);
    const body = this.#once(call, context);
    if (fault?.kind === 'duplicate-delivery') this.#again(call, context);
    if (call.operation?.access === 'read') this.#remember(call, { at: context.now, body });
    return body;
  }

  #once(call: Call, context: CallContext, params = call.params): Body {
    const { operation } = call;
    if (operation === null) throw new Error('only a known action runs');
    const run = (): Body => operation.run(call.state, params, context);
    if (call.product !== 'vpc') return run();
    return this.#tokens.once(call, context.switches, { run, openWindow: () => windowOf(call) });
  }

  /** The second delivery's outcome reaches nobody. */
  #again(call: Call, context: CallContext): void {
    try {
      this.#once(call, context);
    } catch {
      // Refused as busy, or as a repetition: as good as any other outcome that nobody sees.
    }
  }

  #stale(call: Call, context: CallContext): Body {
    const last = this.#lastAnswers.get(answerKey(call));
    const tooOld = call.product === 'vpc' && context.now - (last?.at ?? 0) > STALE_MS;
    return last === undefined || tooOld ? this.#once(call, context) : last.body;
  }

  #remember(call: Call, answer: { readonly at: number; readonly body: Body }): void {
    const key = answerKey(call);
    this.#lastAnswers.delete(key);
    this.#lastAnswers.set(key, answer);
    const [oldest] = this.#lastAnswers.keys();
    if (this.#lastAnswers.size > MAX_REMEMBERED && oldest !== undefined) {
      this.#lastAnswers.delete(oldest);
    }
  }

  /** As if an item had been inserted on an earlier page since the caller read it. */
  #shiftedPage(call: Call, context: CallContext): Body {
    const body = this.#once(call, context);
    const number = Number(call.params['PageNumber'] ?? '1');
    if (!(number > 1)) return body;
    const before = this.#once(call, context, { ...call.params, PageNumber: String(number - 1) });
    const shown = firstList(body);
    const last = firstList(before)?.at(-1);
    if (shown === null || shown.length === 0 || last === undefined) return body;
    shown.pop();
    shown.unshift(last);
    return body;
  }
}

function answerKey(call: Call): string {
  return `${call.action} ${JSON.stringify(call.params)}`;
}

/** The list of a listing: directly in the body, or one object further in. */
function firstList(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  for (const item of Object.values(value)) {
    const found = typeof item === 'object' ? firstList(item) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The connection that a call to the VPC product names. */
function connectionOf(call: Call): Connection | undefined {
  return (call.state as VpcState).connections.get(call.params['VpnConnectionId'] ?? '');
}

function windowOf(call: Call): string | null {
  const connection = connectionOf(call);
  return connection === undefined ? null : openWindowOf(call.state as VpcState, connection);
}

function stick(call: Call): void {
  const connection = connectionOf(call);
  if (connection !== undefined) (call.state as VpcState).stuck.add(lockId(connection));
}
