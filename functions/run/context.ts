import type { ParsedDocument } from '../core/document.ts';
import { after, durationMs, minutes, seconds } from '../core/units.ts';
import type { Window } from '../core/window.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import type { Lease } from './lease.ts';
import type { Clock } from '../ports/clock.ts';
import type { Invoker } from '../ports/invoker.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { VpnApi } from '../ports/vpn-api.ts';

/** Everything a run may touch, built once at the edge. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly vpn: VpnApi;
  readonly secrets: SecretStore;
  /** Null where there is no Function Compute to hand anything to. */
  readonly invoker: Invoker | null;
}

export interface RunOptions {
  /** How long a gateway may stay in configuration. The provider's own tools give a change 5 minutes. */
  readonly settleTimeoutMs: DurationMs;
  /**
   * How old a tunnel's status may be when it is read. An `up` that was never seen down counts only when
   * it is read this long after the change: before that it may be the time before. Nothing is documented.
   */
  readonly statusLagMs: DurationMs;
  /** First and longest pause after a busy, throttled or lost answer. */
  readonly backoffMinMs: DurationMs;
  readonly backoffMaxMs: DurationMs;
  /** Attempts of one read or label call before it counts as failed. */
  readonly attempts: number;
  /** Attempts of one write, busy answers included. */
  readonly writeAttempts: number;
  /** So many groups may fail before no further one is begun; the first group's failure ends it anyway. */
  readonly failureBudget: number;
  /** No write starts later than this; null where nothing limits the run. */
  readonly deadline: EpochMs | null;
  /** When the process is killed, whatever it does; null where nothing does so. */
  readonly killedAt: EpochMs | null;
  /** Which part of a region's request quotas is this run's own, by region; all of it where none is given. */
  readonly rateShare: ReadonlyMap<string, number>;
  /** No group is begun while it is closed; null: at any time. Documents may have their own. */
  readonly window: Window | null;
  /** True: the command says that neither counts. */
  readonly ignoreWindow: boolean;
  /** Aborted when the run is asked to stop at the next safe point. */
  readonly stop: AbortSignal | null;
}

export const RUN_DEFAULTS = {
  settleTimeoutMs: minutes(10),
  statusLagMs: seconds(15),
  backoffMinMs: seconds(0.5),
  backoffMaxMs: seconds(20),
  attempts: 8,
  writeAttempts: 60,
  failureBudget: 3,
  deadline: null,
  killedAt: null,
  rateShare: new Map<string, number>(),
  window: null,
  ignoreWindow: false,
  stop: null,
} as const satisfies RunOptions;

/** One invocation at work. */
export interface Run {
  readonly ports: Ports;
  readonly options: RunOptions;
  readonly runId: string;
  /** 32 hex digits drawn for this invocation alone; part of every ClientToken. */
  readonly nonce: string;
  readonly parseDocument: (text: string) => ParsedDocument | Promise<ParsedDocument>;
  /** Held while the run writes; null where no lease secret is configured. */
  readonly lease: Lease | null;
}

/** Why no further write may start, or null. Asked before each write, never in the middle of one. */
export function mustStop(run: Run): 'out-of-time' | 'cancelled' | 'lease-lost' | null {
  if (run.options.stop?.aborted) return 'cancelled';
  const now = run.ports.clock.now();
  const { deadline } = run.options;
  // First, because a lease never outlasts the process: at its end both are over.
  if (deadline !== null && now >= deadline) return 'out-of-time';
  return leaseLost(run) ? 'lease-lost' : null;
}

/** Whether another run may have begun: then even a restore or a promotion is no longer this one's to finish. */
export function leaseLost({ lease, ports }: Run): boolean {
  return lease !== null && ports.clock.now() >= lease.until();
}

/** Time that ending takes: one request, handing on what is left, and the report. */
const ENDING = seconds(15);

/** When every wait has to end because the process is about to be killed, no later than `limit`. */
export function waitsEnd(run: Run, limit: EpochMs): EpochMs {
  const { killedAt } = run.options;
  return killedAt === null ? limit : (Math.min(limit, killedAt - ENDING) as EpochMs);
}

/** Whether that time has come: what is open is left to the next run. */
export function mustEnd(run: Run): boolean {
  const now = run.ports.clock.now();
  return waitsEnd(run, after(now, durationMs(1))) <= now;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
