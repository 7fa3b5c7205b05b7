/** What happened, in order, without a secret: parameters are let through by name, not kept back by name. */
import { createHash } from 'node:crypto';
import type { Fault } from './faults.ts';
import type { Product } from './front-door/call.ts';
import type { Caller, Params } from './operation.ts';
import type { WorldEvent } from './vpc/model.ts';

const CAPACITY = 50_000;

/** The only parameters whose values are written down. None of them can hold a key or a credential. */
const LOGGABLE = new Set([
  'RegionId',
  'VpnConnectionId',
  'TunnelId',
  'VpnGatewayId',
  'CustomerGatewayId',
  'PageNumber',
  'PageSize',
  'SecretName',
  'VersionId',
  'VersionStage',
  'MoveToVersion',
  'RemoveFromVersion',
  'From',
  'To',
  'MinutePeriod',
  'FunctionName',
  'TaskId',
]);

export interface JournalEntry {
  readonly time: number;
  readonly product: string;
  readonly action: string;
  readonly region: string;
  readonly caller: string;
  /** Null when the caller got no answer. */
  readonly status: number | null;
  readonly code: string | null;
  readonly fault: string | null;
  readonly requestId: string;
  readonly clientTokenHash: string | null;
  /** As an access log would have it. */
  readonly url: string;
  readonly effects: readonly WorldEvent[];
}

/** What a call is written down by. */
export interface Journalled {
  readonly now: number;
  readonly product: Product;
  /** Null for one that the product does not have: its name could hold anything. */
  readonly action: string | null;
  readonly regionId: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly fault: Fault | null;
  readonly query: Params;
  readonly clientToken: string | undefined;
}

export class Journal {
  readonly #entries: JournalEntry[] = [];
  #dropped = 0;
  #effects: WorldEvent[] = [];
  readonly #world: WorldEvent[] = [];
  #worldDropped = 0;

  /** Collects what a call brings about until the call is written down. */
  observe(event: WorldEvent): void {
    if (this.#effects.length < CAPACITY) this.#effects.push(event);
    this.#world.push(event);
    if (this.#world.length > CAPACITY)
      this.#worldDropped += this.#world.splice(0, CAPACITY / 10).length;
  }

  /** What happened by itself since the last call belongs to no call. */
  forgetEffects(): void {
    this.#effects = [];
  }

  record(
    call: Journalled,
    outcome: { readonly status: number | null; readonly code: string | null },
  ): void {
    const token = call.clientToken;
    this.#entries.push({
      time: call.now,
      product: call.product,
      action: call.action ?? 'unknown',
      region: call.regionId.slice(0, 64),
      caller: call.caller.roleName ?? call.caller.accessKeyId,
      ...outcome,
      fault: call.fault?.kind ?? null,
      requestId: call.requestId,
      clientTokenHash: token === undefined ? null : hash(token),
      url: loggedUrl(call),
      effects: this.#effects,
    });
    this.#effects = [];
    if (this.#entries.length > CAPACITY)
      this.#dropped += this.#entries.splice(0, CAPACITY / 10).length;
  }

  /** Oldest first; `dropped` entries came before them. */
  read(): { readonly dropped: number; readonly entries: readonly JournalEntry[] } {
    return { dropped: this.#dropped, entries: [...this.#entries] };
  }

  /** What happened to gateways and tunnels, by a call or by itself, oldest first. */
  readWorld(): { readonly dropped: number; readonly events: readonly WorldEvent[] } {
    return { dropped: this.#worldDropped, events: [...this.#world] };
  }
}

function loggedUrl(call: Journalled): string {
  const shown = Object.keys(call.query)
    .toSorted()
    .map((name) =>
      LOGGABLE.has(name) ? `${name}=${encodeURIComponent(call.query[name] ?? '')}` : '…',
    )
    .filter((part, index, parts) => part !== '…' || parts[index - 1] !== '…');
  return shown.length === 0 ? '/' : `/?${shown.join('&')}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
