import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { holds } from '../core/compare.ts';
import type { Wanted } from '../core/compare.ts';
import type { ProofRule } from '../core/document.ts';
import { tunnelName } from '../core/fleet.ts';
import type { Tunnel, TunnelRef } from '../core/fleet.ts';
import type { Proof } from '../core/report.ts';
import { after, between, durationMs, seconds } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import { mustEnd, waitsEnd } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import type { LaneWatcher, Sight } from './lane-watcher.ts';
import { reliably } from './retry.ts';

export type Proving =
  | { readonly kind: 'proved'; readonly proof: Proof }
  | { readonly kind: 'failed'; readonly proof: Proof; readonly reason: Reason };

/** charon's words for a finished negotiation; the service's log lines read like charon's. */
const NEW_IKE_SA = /\bIKE_SA\b.*\bestablished\b/i;
const NEW_CHILD_SA = /\bCHILD_SA\b.*\bestablished\b/i;

interface Job {
  readonly tunnel: TunnelRef;
  /** What was written, or is in place. */
  readonly wanted: Wanted;
  readonly rule: ProofRule;
  readonly wasUp: boolean;
  readonly writtenAt: EpochMs;
  readonly sawDown: boolean;
  /** The sight that the write was read back with. */
  readonly seen: Sight;
}

/**
 * Waits until the tunnel is up again, as far as the document asks for it. `proven` needs an SA that was
 * negotiated after the write: seen down, and up once the status can be trusted, or a log line of a new one since
 * then. The log is a
 * request of its own, so it is read where the document asks for `proven`, or where the lane would otherwise
 * stand idle until the status can be trusted.
 */
export async function prove(run: Run, lane: LaneWatcher, job: Job): Promise<Proving> {
  const { clock } = run.ports;
  if (job.rule.require === 'none') return { kind: 'proved', proof: 'none' };
  // Not since the gateway was seen settled: a write whose answer was lost may have landed after that look. That
  // it had, and was over, is known since the read that shows it was answered.
  const started = clock.now();
  const limit = waitsEnd(run, after(clock.now(), seconds(job.rule.timeoutSeconds)));
  let { sawDown } = job;
  let logFault: Reason | null = null;
  let sight: Sight | null = job.seen;
  for (;;) {
    const tunnel = shownIn(sight, job);
    const up = tunnel?.sa === 'up';
    if (tunnel !== null && !up) sawDown = true;
    if (!job.wasUp) return { kind: 'proved', proof: up ? 'established' : 'down' };
    const fresh = sight !== null && between(started, sight.at) >= run.options.statusLagMs;
    // Down and then up is no order until then: the second answer may be the older one.
    if (up && sawDown && fresh) return { kind: 'proved', proof: 'proven' };
    if (up && fresh && job.rule.require === 'established') {
      return { kind: 'proved', proof: 'established' };
    }
    const worthALog = job.rule.require === 'proven' || !lane.busy;
    if (up && worthALog) {
      const log = await logsShow(run, job, fresh ? NEW_IKE_SA : NEW_CHILD_SA);
      if (log === true) return { kind: 'proved', proof: 'proven' };
      logFault = log === false ? null : log;
    }
    if (mustEnd(run)) {
      const proof = up ? 'established' : 'down';
      return { kind: 'failed', proof, reason: reason('out-of-time', tunnelName(job.tunnel)) };
    }
    if (clock.now() >= limit) {
      const place = `${tunnelName(job.tunnel)} after ${job.rule.timeoutSeconds} s`;
      // It is up, and what would show that it negotiated again was not to be read.
      return up && logFault !== null
        ? { kind: 'failed', proof: 'established', reason: logFault }
        : {
            kind: 'failed',
            proof: up ? 'established' : 'down',
            reason: reason('proof-timeout', place),
          };
    }
    const now = clock.now();
    const pause = pauseFor(between(started, now));
    // Up, but perhaps of the time before: nothing else can be known until the status can be trusted.
    const trusted = after(started, run.options.statusLagMs);
    const next = up && !fresh && job.rule.require === 'established' ? trusted : after(now, pause);
    const looked = await lane.sightFrom(next, limit);
    sight = looked.kind === 'ok' ? looked.value : null;
  }
}

/** The tunnel, unless the answer lacks what was written: then it is older than the write, and so is its status. */
function shownIn(sight: Sight | null, { tunnel, wanted }: Job): Tunnel | null {
  const connection = sight?.connections.get(tunnel.vpnConnectionId);
  const shown = connection?.tunnels.find((found) => found.tunnelId === tunnel.tunnelId);
  return shown === undefined || holds(shown, wanted) === 'no' ? null : shown;
}

/** Between two looks at a tunnel that is not up yet: a sixth of the time waited, from 1 to 5 s. */
function pauseFor(waited: DurationMs): DurationMs {
  return durationMs(Math.min(5_000, Math.max(1_000, Math.round(waited / 6))));
}

/**
 * Phase 1 shows the key; until the status can be trusted, only phase 2 shows that the tunnel carries. A
 * reason where the log could not be read.
 */
async function logsShow(
  run: Run,
  { tunnel, writtenAt }: { readonly tunnel: TunnelRef; readonly writtenAt: EpochMs },
  sign: RegExp,
): Promise<boolean | Reason> {
  const to = run.ports.clock.now();
  const lines = await reliably(run, () =>
    run.ports.vpn.readLogs({ ...tunnel, from: writtenAt, to }),
  );
  return lines.kind === 'ok'
    ? lines.value.some((line) => sign.test(line.text))
    : reason('log-unreadable', reasonOf(lines, tunnelName(tunnel)).detail);
}
