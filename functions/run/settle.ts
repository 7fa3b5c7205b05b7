import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Connection, Tunnel, TunnelRef } from '../core/fleet.ts';
import { tunnelName } from '../core/fleet.ts';
import { after, between, durationMs } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import { mustEnd } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import type { RegionWatcher } from './watch.ts';

/** A tunnel that nothing is configuring, as just read. */
export interface Settled {
  readonly kind: 'settled';
  readonly connection: Connection;
  readonly tunnel: Tunnel;
  /** Whether any look since `started` saw the tunnel without its SA. */
  readonly sawDown: boolean;
}

export type Settling = Settled | { readonly kind: 'failed'; readonly reason: Reason };

/** What is waited for. */
export interface Place {
  readonly tunnel: TunnelRef;
  readonly vpnGatewayId: string | null;
}

const QUIET_CONNECTION = new Set(['active', 'attached', 'init']);

/**
 * Waits until gateway, connection and tunnel are out of configuration, and gives the tunnel as read in
 * that same look. `started` is when the change that is waited for was sent; pauses grow with its age.
 */
export async function settle(
  run: Run,
  watcher: RegionWatcher,
  place: Place,
  started: EpochMs,
  onWait: () => void,
): Promise<Settling> {
  const { clock } = run.ports;
  const limit = after(started, run.options.settleTimeoutMs);
  let sawDown = false;
  for (let wait = durationMs(0); ; wait = pause(run, started)) {
    const looked = await watcher.look(
      { vpnGatewayId: place.vpnGatewayId, vpnConnectionId: place.tunnel.vpnConnectionId },
      wait,
    );
    if (looked.kind !== 'ok')
      return { kind: 'failed', reason: reasonOf(looked, tunnelName(place.tunnel)) };
    const { gateway, connection } = looked.value;
    const tunnel = connection?.tunnels.find((found) => found.tunnelId === place.tunnel.tunnelId);
    if (connection === null || tunnel === undefined) {
      return { kind: 'failed', reason: reason('tunnel-vanished', tunnelName(place.tunnel)) };
    }
    sawDown ||= tunnel.sa === 'down' || tunnel.sa === 'phase1';
    const quiet =
      (place.vpnGatewayId === null || gateway?.status === 'active') &&
      QUIET_CONNECTION.has(connection.state) &&
      connection.tunnels.every((found) => found.state === 'active');
    if (quiet) return { kind: 'settled', connection, tunnel, sawDown };
    if (mustEnd(run)) {
      return { kind: 'failed', reason: reason('out-of-time', tunnelName(place.tunnel)) };
    }
    if (clock.now() >= limit) {
      return {
        kind: 'failed',
        reason: reason('gateway-stuck', place.vpnGatewayId ?? tunnelName(place.tunnel)),
      };
    }
    onWait();
  }
}

/** A sixth of the time waited so far, within the options: the overshoot stays a small share of the wait. */
export function pause(run: Run, started: EpochMs): DurationMs {
  const waited = between(started, run.ports.clock.now());
  const { pollMinMs, pollMaxMs } = run.options;
  return durationMs(Math.min(pollMaxMs, Math.max(pollMinMs, Math.round(waited / 6))));
}
