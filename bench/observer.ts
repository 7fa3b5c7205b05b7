import type { Cloud } from '../local/cloud.ts';
import type { Call, CallResult } from '../local/front-door/call.ts';
import type { WorldEvent } from '../local/vpc/model.ts';
import type { Estate, Link } from './estate.ts';

/** One configuring window that a change of one or two tunnels opened. All times in milliseconds. */
export interface Change {
  readonly link: Link;
  readonly regionId: string;
  /** Gateway and customer gateway: what succeeds or is put back as a whole. */
  readonly group: string;
  readonly tunnelIds: readonly string[];
  readonly openedAt: number;
  closedAt: number;
  /** When all of its tunnels were up again; the end of the window for those that never went down. */
  upAt: number;
}

/** The service's code for a refused call; empty for every other answer, and for none. */
export function refusalOf(result: CallResult): string {
  if (result.kind !== 'answer' || typeof result.body === 'string' || result.status < 300) return '';
  const { Code } = result.body;
  return typeof Code === 'string' ? Code : '';
}

/** What one contestant did to the cloud, from the cloud's own events and calls. */
export class Observer {
  /** In the order in which their windows opened; only those of the estate's own gateways. */
  readonly changes: Change[] = [];
  readonly calls = new Map<string, number>();
  throttled = 0;
  busy = 0;
  /** Connections that had both tunnels down at once at some time. */
  readonly cut = new Set<string>();
  readonly #places = new Map<string, Pick<Change, 'link' | 'regionId' | 'group'>>();
  readonly #open = new Map<string, Change>();
  readonly #latest = new Map<string, Change>();
  readonly #down = new Map<string, Set<string>>();
  #configured: WorldEvent[] = [];

  /** Calls made by anybody but the contestant are told apart by `isForeign`. */
  constructor(cloud: Cloud, estate: Estate, isForeign: () => boolean = () => false) {
    for (const { links, regionId, customerGatewayId } of estate.sites) {
      for (const link of links) {
        const group = `${link.vpnGatewayId}/${customerGatewayId}`;
        this.#places.set(link.vpnConnectionId, { link, regionId, group });
      }
    }
    cloud.vpc.observers.push((event) => this.#onEvent(event));
    cloud.watchers.push((call, result) => {
      if (result !== null && !isForeign()) this.#onCall(call, result);
    });
  }

  get totalCalls(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  #onCall(call: Call, result: CallResult): void {
    this.calls.set(call.action, (this.calls.get(call.action) ?? 0) + 1);
    const code = refusalOf(result);
    if (code.includes('Throttling')) this.throttled += 1;
    if (/configuring|conflict/i.test(code)) this.busy += 1;
  }

  #onEvent(event: WorldEvent): void {
    switch (event.kind) {
      case 'configured':
        this.#configured.push(event);
        return;
      case 'window-opened':
        return this.#opened(event);
      case 'window-closed': {
        const change = this.#open.get(event.id);
        this.#open.delete(event.id);
        if (change === undefined) return;
        change.closedAt = event.at;
        change.upAt = event.at;
        return;
      }
      case 'sa-up':
      case 'sa-down':
        return this.#moved(event);
      case 'created':
      case 'deleted':
    }
  }

  #opened(event: WorldEvent): void {
    const configured = this.#configured;
    this.#configured = [];
    const [first] = configured;
    const place = first === undefined ? undefined : this.#places.get(first.id);
    if (place === undefined) return;
    const change: Change = {
      ...place,
      tunnelIds: configured.flatMap(({ tunnelId }) => tunnelId ?? []),
      openedAt: event.at,
      closedAt: Number.POSITIVE_INFINITY,
      upAt: Number.POSITIVE_INFINITY,
    };
    this.changes.push(change);
    this.#open.set(event.id, change);
    for (const tunnelId of change.tunnelIds) this.#latest.set(tunnelId, change);
  }

  #moved({ id, tunnelId, kind, at }: WorldEvent): void {
    if (tunnelId === null || !this.#places.has(id)) return;
    const down = this.#down.get(id) ?? new Set<string>();
    this.#down.set(id, down);
    if (kind === 'sa-down') {
      down.add(tunnelId);
      if (down.size > 1) this.cut.add(id);
      return;
    }
    down.delete(tunnelId);
    const change = this.#latest.get(tunnelId);
    if (change !== undefined && change.closedAt <= at) change.upAt = Math.max(change.upAt, at);
  }
}
