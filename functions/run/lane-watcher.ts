import type { Connection } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { after, between, durationMs, seconds } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import type { WriteCall } from '../core/write.ts';
import { waitsEnd } from './context.ts';
import type { Run } from './context.ts';
import type { Reader } from './region-reads.ts';
import { Serial } from './serial.ts';
import type { LockHolder, Quiet, RegionWatcher, Wait } from './watch.ts';

/** The connections of one lane, as one read showed them. */
export interface Sight {
  /** When the read began: everything in it is at least this fresh, as far as the service is. */
  readonly at: EpochMs;
  /**
   * When the lane was seen out of configuration, in a look that began after its last write and before this
   * read; null where it was not, or where a write went out meanwhile. Only then do the settings that it
   * shows count as read back; the status of tunnels counts in any sight.
   */
  readonly settledAt: EpochMs | null;
  readonly connections: ReadonlyMap<string, Connection>;
}

/**
 * How old the last look before a write may be. It is the read-back of the step before, so between the two
 * nothing but the answers' way has passed.
 */
const LOOK_AGE = seconds(2);
const DAY_MS = 86_400_000;

/**
 * What is known of one lane and how to know more of it. One read shows every connection of the lane, so the
 * read-back of a step is the look before the next one, and proof of all the others.
 */
export class LaneWatcher implements Reader<Sight> {
  readonly #run: Run;
  readonly holder: LockHolder;
  readonly #region: RegionWatcher;
  readonly #busy: () => boolean;
  readonly #steps: () => number;
  readonly #turn: (call: WriteCall) => Promise<void>;
  /** Writes sent: what was known of the settings before the last one no longer holds. */
  #writes = 0;
  #quietAt: EpochMs | null = null;
  #last: Sight | null = null;
  #settled: Sight | null = null;
  #change = new AbortController();
  readonly #looks = new Serial();

  constructor(
    run: Run,
    lane: {
      readonly holder: LockHolder;
      readonly region: RegionWatcher;
      /** Whether somebody holds the lane or waits for it. */
      readonly busy: () => boolean;
      /** Steps that are not over. */
      readonly steps: () => number;
      /** Waits until the rate allows one more write. */
      readonly turn: (call: WriteCall) => Promise<void>;
    },
  ) {
    this.#run = run;
    this.holder = lane.holder;
    this.#region = lane.region;
    this.#busy = lane.busy;
    this.#steps = lane.steps;
    this.#turn = lane.turn;
    this.#region.reads.join(this);
  }

  get busy(): boolean {
    return this.#busy();
  }

  /**
   * Waits for this lane's turn to write, unless the run has to stop first. False where that took so long
   * that one has to look again.
   */
  async turn(call: WriteCall): Promise<boolean> {
    const { clock } = this.#run.ports;
    const { deadline, stop } = this.#run.options;
    const began = clock.now();
    const taken = new AbortController();
    const stopped = stop === null ? taken.signal : AbortSignal.any([stop, taken.signal]);
    const longest = durationMs(deadline === null ? DAY_MS : Math.max(0, deadline - began));
    await Promise.race([this.#turn(call), clock.sleep(longest, stopped)]);
    taken.abort();
    return between(began, clock.now()) <= LOOK_AGE;
  }

  /** The gateway is not as quiet as it said: it has to be looked at again. */
  doubt(): void {
    this.#quietAt = null;
  }

  /** Must be called before a write is sent. */
  wrote(): void {
    this.#writes += 1;
    this.#quietAt = null;
  }

  /** How long it will be at work, by the windows seen; 0 while nobody is at work on it. */
  wayToGo(): DurationMs {
    return this.busy ? this.#region.wayToGo(this.holder, this.#steps()) : durationMs(0);
  }

  /** Waits until the lane is out of configuration, as seen by a look that begins from now on. */
  async quiet(
    wait: Pick<Wait, 'since' | 'limit'> & { readonly prompt: boolean },
    onBusy: () => void,
  ): Promise<Quiet> {
    const writes = this.#writes;
    const { since, limit } = wait;
    const steps = wait.prompt ? null : this.#steps();
    const quiet = await this.#region.quiet({ holder: this.holder, since, limit, steps }, onBusy);
    if (quiet.kind !== 'quiet' || writes !== this.#writes) return quiet;
    // When it is known, not when the look began: one that had to be repeated saw the lane later than that,
    // and a status may still be as old as the time before until its lag has passed from here.
    const settledAt = this.#run.ports.clock.now();
    this.#quietAt = settledAt;
    const { connection, at } = quiet;
    if (connection !== null) {
      const connections = new Map([[connection.vpnConnectionId, connection]]);
      this.#note({ at, settledAt, connections });
    }
    return quiet;
  }

  /** A sight that counts as the look before a write, where there is one. */
  beforeWrite(): Sight | null {
    const sight = this.#quietAt === null ? null : this.#settled;
    if (sight === null || sight.settledAt !== this.#quietAt) return null;
    return between(sight.at, this.#run.ports.clock.now()) <= LOOK_AGE ? sight : null;
  }

  /** The lane's connections as a read shows them that begins now. */
  read(): Promise<Outcome<Sight>> {
    return this.#region.reads.read(this);
  }

  /** A read of the lane's connections, by whomever, begins now; gives what is to be done with what it shows. */
  readBegins(): (shown: readonly Connection[]) => Sight {
    const at = this.#run.ports.clock.now();
    const writes = this.#writes;
    const quietAt = this.#quietAt;
    return (shown) => {
      const sight: Sight = {
        at,
        settledAt: writes === this.#writes ? quietAt : null,
        connections: new Map(shown.map((found) => [found.vpnConnectionId, found])),
      };
      this.#note(sight);
      return sight;
    };
  }

  /** One that began before the latest, and took longer, shows nothing that is not known better. */
  #note(sight: Sight): void {
    if (this.#last === null || sight.at >= this.#last.at) this.#last = sight;
    const { settledAt } = sight;
    if (settledAt !== null && sight.at >= (this.#settled?.at ?? 0)) this.#settled = sight;
    this.wake();
  }

  /** Lets those who wait for a sight look at what has changed. */
  wake(): void {
    this.#change.abort();
    this.#change = new AbortController();
  }

  /**
   * The first sight that began at `from` or later. While the lane is worked on, its own read-backs are
   * waited for, until `limit`, since nobody could do anything with an earlier answer; on an idle lane it
   * reads. Where the lane falls idle meanwhile, the last sight, so that other proof can be looked for.
   */
  async sightFrom(from: EpochMs, limit: EpochMs): Promise<Outcome<Sight>> {
    const { clock } = this.#run.ports;
    const wasBusy = this.busy;
    for (;;) {
      const idle = wasBusy && !this.busy;
      if (this.#last !== null && (idle || this.#last.at >= from))
        return { kind: 'ok', value: this.#last };
      const due = this.busy ? Math.max(from, limit) : from;
      const wait = durationMs(due - clock.now());
      if (wait <= 0) return this.read();
      await clock.sleep(wait, this.#change.signal);
    }
  }

  /** A settled sight that is no older than `age`: the last one, or one that is waited for or read now. */
  settledSight(age: DurationMs): Promise<Outcome<Sight> | { readonly kind: 'stuck' }> {
    // One after the other, so that those who come together share the read.
    return this.#looks.do(() => this.#settledSight(age));
  }

  async #settledSight(age: DurationMs): Promise<Outcome<Sight> | { readonly kind: 'stuck' }> {
    const { clock } = this.#run.ports;
    const from = clock.now() - age;
    const recent = (): Sight | null =>
      this.#settled !== null && this.#settled.at >= from ? this.#settled : null;
    const { settleTimeoutMs } = this.#run.options;
    const limit = waitsEnd(this.#run, after(clock.now(), settleTimeoutMs));
    while (recent() === null && this.busy && clock.now() < limit) {
      await clock.sleep(between(clock.now(), limit), this.#change.signal);
    }
    const found = recent();
    if (found !== null) return { kind: 'ok', value: found };
    const quiet = await this.quiet({ since: null, limit, prompt: true }, () => undefined);
    if (quiet.kind !== 'quiet') return quiet;
    const seen = recent();
    const read: Outcome<Sight> = seen === null ? await this.read() : { kind: 'ok', value: seen };
    // A write went out meanwhile: what it is about is not settled.
    return read.kind === 'ok' && read.value.settledAt === null ? { kind: 'stuck' } : read;
  }
}
