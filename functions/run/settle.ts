import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Connection, Tunnel, TunnelRef } from '../core/fleet.ts';
import { tunnelName } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { after, seconds } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { mustEnd, waitsEnd } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import type { LaneWatcher, Sight } from './lane-watcher.ts';

/** A tunnel that nothing is configuring, as just read. */
export interface Settled {
  readonly kind: 'settled';
  readonly connection: Connection;
  readonly tunnel: Tunnel;
  /** The whole lane, as the same read showed it. */
  readonly sight: Sight;
}

export type Settling = Settled | { readonly kind: 'failed'; readonly reason: Reason };

/** What is waited for. */
export interface Place {
  readonly tunnel: TunnelRef;
  readonly vpnGatewayId: string | null;
  /** When the change that is waited for was sent; null: nothing was. */
  readonly since: EpochMs | null;
  /** It is not to be noticed late, however much longer other lanes have to go. */
  readonly prompt: boolean;
}

const QUIET_CONNECTION = new Set(['active', 'attached', 'init']);
/** Until the next look where the gateway is out of configuration and the tunnel says that it is not. */
const DISAGREEMENT = seconds(1);

/**
 * Waits until gateway, connection and tunnel are out of configuration, and gives the tunnel as read after
 * the gateway was seen so. Where that was done since the last write and just now, it is not done again.
 */
export async function settle(
  run: Run,
  lane: LaneWatcher,
  place: Place,
  onWait: () => void,
): Promise<Settling> {
  const { clock } = run.ports;
  const limit = waitsEnd(run, after(place.since ?? clock.now(), run.options.settleTimeoutMs));
  const failed = (why: Reason): Settling => ({ kind: 'failed', reason: why });
  const name = tunnelName(place.tunnel);
  const stuck = (): Settling =>
    failed(
      mustEnd(run)
        ? reason('out-of-time', name)
        : reason('gateway-stuck', place.vpnGatewayId ?? name),
    );
  for (;;) {
    const looked = await settledSight(lane, place, limit, onWait);
    if (looked.kind === 'stuck') return stuck();
    if (looked.kind !== 'ok') return failed(reasonOf(looked, name));
    const sight = looked.value;
    const connection = sight.connections.get(place.tunnel.vpnConnectionId);
    const tunnel = connection?.tunnels.find((found) => found.tunnelId === place.tunnel.tunnelId);
    if (connection === undefined || tunnel === undefined) {
      return failed(reason('tunnel-vanished', name));
    }
    const quiet =
      QUIET_CONNECTION.has(connection.state) &&
      connection.tunnels.every((found) => found.state === 'active');
    if (quiet) return { kind: 'settled', connection, tunnel, sight };
    if (clock.now() >= limit) return stuck();
    onWait();
    await clock.sleep(DISAGREEMENT);
    lane.doubt();
  }
}

/** A read of the lane that began after it was seen out of configuration. */
async function settledSight(
  lane: LaneWatcher,
  place: Place,
  limit: EpochMs,
  onWait: () => void,
): Promise<Outcome<Sight> | { readonly kind: 'stuck' }> {
  const known = lane.beforeWrite();
  if (known !== null) return { kind: 'ok', value: known };
  const quiet = await lane.quiet({ ...place, limit }, onWait);
  if (quiet.kind !== 'quiet') return quiet;
  const seen = lane.beforeWrite();
  return seen === null ? lane.read() : { kind: 'ok', value: seen };
}
