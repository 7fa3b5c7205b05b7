import type { Connection, VpnGateway } from '../core/fleet.ts';
import type { Failure, Outcome } from '../core/failure.ts';
import { nextLook, wayToGo } from '../core/poll.ts';
import type { WindowsSeen } from '../core/poll.ts';
import { between, durationMs } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { readConnections, readGateways } from './gather.ts';
import type { Sight } from './lane-watcher.ts';
import type { LearnedWindows } from './learned-windows.ts';
import { PAGE_SIZE } from './pages.ts';
import { RegionReads } from './region-reads.ts';

/** What holds the lock that is waited for: a VPN gateway, or an attachment itself. */
export type LockHolder =
  | { readonly kind: 'gateway'; readonly vpnGatewayId: string }
  | { readonly kind: 'attachment'; readonly vpnConnectionId: string };

/** Out of configuration, as seen by a look that began at `at`; or still in it when the limit was reached. */
export type Quiet =
  | { readonly kind: 'quiet'; readonly at: EpochMs; readonly connection: Connection | null }
  | { readonly kind: 'stuck' }
  | Failure;

/** What is waited for, and how urgently. */
export interface Wait {
  readonly holder: LockHolder;
  /** When the change that is waited for was sent; null where none was, then the first look is at once. */
  readonly since: EpochMs | null;
  readonly limit: EpochMs;
  /** Steps of its lane that are not over; null: it is not to be noticed late, whatever others have to go. */
  readonly steps: number | null;
}

interface Waiter extends Wait {
  /** When it was first and last seen to be in configuration. */
  firstBusyAt: EpochMs | null;
  lastBusyAt: EpochMs | null;
  onBusy(): void;
  answer(quiet: Quiet): void;
}

/**
 * One watcher a region: whoever waits for a gateway or an attachment waits here, and one look (up to 50 of
 * them a request) answers everybody. When to look is decided by `core/poll.ts` from the windows seen.
 */
export class RegionWatcher {
  readonly #run: Run;
  readonly #regionId: string;
  readonly #writesWait: () => DurationMs;
  /** Reads of its connections, which lanes share. */
  readonly reads: RegionReads<Sight>;
  #waiters: Waiter[] = [];
  readonly #learned: LearnedWindows;
  readonly #longestWay: () => DurationMs;
  #working = false;
  #nap = new AbortController();
  /** How many there are in the region; says which way of asking is cheaper. */
  readonly #sizes: { gateways: number; connections: number };

  constructor(
    run: Run,
    regionId: string,
    options: {
      readonly sizes: { readonly gateways: number; readonly connections: number };
      /** How long writes of the region wait for their turn at present. */
      readonly writesWait: () => DurationMs;
      readonly learned: LearnedWindows;
      /** The way that the lane has to go which has the longest of the run. */
      readonly longestWay: () => DurationMs;
    },
  ) {
    this.#run = run;
    this.#regionId = regionId;
    this.#writesWait = options.writesWait;
    this.#learned = options.learned;
    this.#longestWay = options.longestWay;
    this.#sizes = { ...options.sizes };
    this.reads = new RegionReads(run, regionId, options.sizes.connections);
  }

  /** Resolves when a look that begins from now on sees the holder out of configuration. */
  quiet(wait: Wait, onBusy: () => void): Promise<Quiet> {
    return new Promise((resolve, reject) => {
      const seen = { firstBusyAt: null, lastBusyAt: null };
      const waiter: Waiter = { ...wait, ...seen, onBusy, answer: resolve };
      this.#waiters.push(waiter);
      if (this.#working) {
        this.#nap.abort();
        return;
      }
      this.#working = true;
      this.#work().catch(reject);
    });
  }

  async #work(): Promise<void> {
    const { clock } = this.#run.ports;
    let looked = clock.now();
    while (this.#waiters.length > 0) {
      this.#nap = new AbortController();
      // Even where nobody need wait: those who come at the same moment shall share the look.
      await clock.sleep(this.#pause(looked), this.#nap.signal);
      // Woken by somebody who came in: the next look may have to be sooner.
      if (this.#nap.signal.aborted) continue;
      looked = clock.now();
      await this.#look(looked);
    }
    this.#working = false;
  }

  /** From now to the next look. */
  #pause(looked: EpochMs): DurationMs {
    if (this.#waiters.some((waiter) => waiter.since === null && waiter.lastBusyAt === null)) {
      return durationMs(0);
    }
    const now = this.#run.ports.clock.now();
    const waiting = this.#waiters.map((waiter) => ({
      waitedMs: between(waiter.since ?? waiter.firstBusyAt ?? now, now),
      expected: this.#expected(waiter.holder),
      steps: waiter.steps,
    }));
    const pause = nextLook(waiting, {
      lookedMs: between(looked, now),
      writesWaitMs: this.#writesWait(),
      longestWayMs: this.#longestWay(),
    });
    const first = Math.min(...this.#waiters.map(({ limit }) => limit));
    return durationMs(Math.max(0, Math.min(pause, first - now)));
  }

  async #look(at: EpochMs): Promise<void> {
    const asked = [...this.#waiters];
    const [gateways, attachments] = await Promise.all([
      this.#gateways(asked.flatMap(({ holder }) => gatewayOf(holder))),
      this.#attachments(asked.flatMap(({ holder }) => attachmentOf(holder))),
    ]);
    const open: Waiter[] = [];
    for (const waiter of asked) {
      const { holder } = waiter;
      const answer =
        holder.kind === 'gateway'
          ? seenGateway(gateways, holder.vpnGatewayId, at)
          : seenAttachment(attachments, holder.vpnConnectionId, at);
      if (answer === null) {
        if (waiter.firstBusyAt === null) waiter.onBusy();
        waiter.firstBusyAt ??= at;
        waiter.lastBusyAt = at;
        if (at < waiter.limit) open.push(waiter);
        else waiter.answer({ kind: 'stuck' });
        continue;
      }
      if (answer.kind === 'quiet') this.#learn(waiter, at);
      waiter.answer(answer);
    }
    // Who came in while the look was under way has not been looked at.
    this.#waiters = [...open, ...this.#waiters.slice(asked.length)];
  }

  /** The window ended between the last two looks: in their middle, for want of better knowledge. */
  #learn({ holder, since, lastBusyAt }: Waiter, at: EpochMs): void {
    if (since === null) return;
    const end = lastBusyAt === null ? at : lastBusyAt + (at - lastBusyAt) / 2;
    const length = durationMs(Math.max(0, end - since));
    this.#learned.learn(this.#regionId, nameOf(holder), length);
  }

  /** How long a lane is at work that has so many steps to go, by the windows seen. */
  wayToGo(holder: LockHolder, steps: number): DurationMs {
    return wayToGo(steps, this.#expected(holder));
  }

  #expected(holder: LockHolder): WindowsSeen {
    return this.#learned.expected(this.#regionId, nameOf(holder));
  }

  async #gateways(ids: readonly string[]): Promise<Outcome<readonly VpnGateway[]>> {
    const each = (id: string) => readGateways(this.#run, this.#regionId, { vpnGatewayId: id });
    const all = () => readGateways(this.#run, this.#regionId);
    const found = await cheaper(ids, this.#sizes.gateways, each, all);
    if (found.whole && found.outcome.kind === 'ok') {
      this.#sizes.gateways = found.outcome.value.length;
    }
    return found.outcome;
  }

  async #attachments(ids: readonly string[]): Promise<Outcome<readonly Connection[]>> {
    const each = (id: string) =>
      readConnections(this.#run, this.#regionId, { vpnConnectionId: id });
    const all = () => readConnections(this.#run, this.#regionId);
    const found = await cheaper(ids, this.#sizes.connections, each, all);
    if (found.whole && found.outcome.kind === 'ok') {
      this.#sizes.connections = found.outcome.value.length;
    }
    return found.outcome;
  }
}

/** One request for each, or the whole listing where that takes no more pages. */
async function cheaper<T>(
  ids: readonly string[],
  size: number,
  each: (id: string) => Promise<Outcome<readonly T[]>>,
  all: () => Promise<Outcome<readonly T[]>>,
): Promise<{ readonly whole: boolean; readonly outcome: Outcome<readonly T[]> }> {
  const distinct = [...new Set(ids)];
  if (distinct.length > 0 && distinct.length >= Math.ceil(size / PAGE_SIZE)) {
    return { whole: true, outcome: await all() };
  }
  const found: T[] = [];
  for (const outcome of await Promise.all(distinct.map(each))) {
    if (outcome.kind !== 'ok') return { whole: false, outcome };
    found.push(...outcome.value);
  }
  return { whole: false, outcome: { kind: 'ok', value: found } };
}

const nameOf = (holder: LockHolder): string =>
  holder.kind === 'gateway' ? holder.vpnGatewayId : holder.vpnConnectionId;

const gatewayOf = (holder: LockHolder): string[] =>
  holder.kind === 'gateway' ? [holder.vpnGatewayId] : [];

const attachmentOf = (holder: LockHolder): string[] =>
  holder.kind === 'attachment' ? [holder.vpnConnectionId] : [];

/** Null while it is in configuration, or not there at all. */
function seenGateway(
  outcome: Outcome<readonly VpnGateway[]>,
  id: string,
  at: EpochMs,
): Quiet | null {
  if (outcome.kind !== 'ok') return outcome;
  const found = outcome.value.find(({ vpnGatewayId }) => vpnGatewayId === id);
  return found?.status === 'active' ? { kind: 'quiet', at, connection: null } : null;
}

const QUIET_ATTACHMENT = new Set(['active', 'attached', 'init']);

function seenAttachment(
  outcome: Outcome<readonly Connection[]>,
  id: string,
  at: EpochMs,
): Quiet | null {
  if (outcome.kind !== 'ok') return outcome;
  const found = outcome.value.find(({ vpnConnectionId }) => vpnConnectionId === id);
  // One that is gone is not waited for: whoever asked finds out.
  const quiet = found === undefined || QUIET_ATTACHMENT.has(found.state);
  return quiet ? { kind: 'quiet', at, connection: found ?? null } : null;
}
