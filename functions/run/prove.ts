import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { ProofRule } from '../core/document.ts';
import { tunnelName } from '../core/fleet.ts';
import type { TunnelRef } from '../core/fleet.ts';
import type { Proof } from '../core/report.ts';
import { after, between, durationMs, seconds } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { mustEnd } from './context.ts';
import type { Run } from './context.ts';
import { reliably } from './retry.ts';
import { pause } from './settle.ts';
import type { RegionWatcher } from './watch.ts';

export type Proving =
  | { readonly kind: 'proved'; readonly proof: Proof }
  | { readonly kind: 'failed'; readonly proof: Proof; readonly reason: Reason };

/** charon's words for a finished negotiation; the service's log lines read like charon's. */
const NEW_IKE_SA = /\bIKE_SA\b.*\bestablished\b/i;
const NEW_CHILD_SA = /\bCHILD_SA\b.*\bestablished\b/i;

/**
 * Waits until the tunnel is up again, as far as the document asks for it. `proven` needs an SA that was
 * negotiated after the write: seen down and up again, or a log line of a new one since then.
 */
export async function prove(
  run: Run,
  watcher: RegionWatcher,
  job: {
    readonly tunnel: TunnelRef;
    readonly rule: ProofRule;
    readonly wasUp: boolean;
    readonly writtenAt: EpochMs;
    readonly sawDown: boolean;
  },
): Promise<Proving> {
  const { clock } = run.ports;
  if (job.rule.require === 'none') return { kind: 'proved', proof: 'none' };
  const started = clock.now();
  const limit = after(started, seconds(job.rule.timeoutSeconds));
  let { sawDown } = job;
  for (let wait = durationMs(0); ; wait = pause(run, started)) {
    const looked = await watcher.look(
      { vpnGatewayId: null, vpnConnectionId: job.tunnel.vpnConnectionId },
      wait,
    );
    const connection = looked.kind === 'ok' ? looked.value.connection : null;
    const tunnel = connection?.tunnels.find((found) => found.tunnelId === job.tunnel.tunnelId);
    const up = tunnel?.sa === 'up';
    if (tunnel !== undefined && !up) sawDown = true;
    if (!job.wasUp) return { kind: 'proved', proof: up ? 'established' : 'down' };
    if (up && sawDown) return { kind: 'proved', proof: 'proven' };
    const fresh = between(started, clock.now()) >= run.options.statusLagMs;
    if (up && fresh && job.rule.require === 'established') {
      return { kind: 'proved', proof: 'established' };
    }
    if (up && (await logsShow(run, job, fresh ? NEW_IKE_SA : NEW_CHILD_SA))) {
      return { kind: 'proved', proof: 'proven' };
    }
    if (mustEnd(run)) {
      const proof = up ? 'established' : 'down';
      return { kind: 'failed', proof, reason: reason('out-of-time', tunnelName(job.tunnel)) };
    }
    if (clock.now() >= limit) {
      const place = `${tunnelName(job.tunnel)} after ${job.rule.timeoutSeconds} s`;
      return {
        kind: 'failed',
        proof: up ? 'established' : 'down',
        reason: reason('proof-timeout', place),
      };
    }
  }
}

/** Phase 1 shows the key; until the status can be trusted, only phase 2 shows that the tunnel carries. */
async function logsShow(
  run: Run,
  { tunnel, writtenAt }: { readonly tunnel: TunnelRef; readonly writtenAt: EpochMs },
  sign: RegExp,
): Promise<boolean> {
  const to = run.ports.clock.now();
  const lines = await reliably(run, () =>
    run.ports.vpn.readLogs({ ...tunnel, from: writtenAt, to }),
  );
  return lines.kind === 'ok' && lines.value.some((line) => sign.test(line.text));
}
