import type { Connection, Tunnel } from '../../../local/vpc/model.ts';
import { lockId } from '../../../local/vpc/window.ts';
import { mayInterrupt } from '../scenario.ts';
import { paramsOf } from '../world.ts';
import type { Checker, World } from '../world.ts';

const UP = 'ipsec_sa_established';
/** A tunnel that is down for so long is known to be, however old a status may be. */
const KNOWN_DOWN_MS = 60_000;
/** One that came up since is not known to be: docs/safety.md, what is assumed of the cloud. */
const KNOWN_UP_MS = 15_000;

/**
 * 2: never two tunnels of one connection in doubt or down because of us at once. A tunnel is in doubt from
 * a change by a run until it has loaded it and is up. Where the other one is down for a reason of its own,
 * a run that takes this one down cuts the path all the same, as soon as it could have known.
 */
export function oneTunnelAtATime(world: World): Checker {
  const { options, scenario } = world;
  const configs = new Map<Tunnel, string>();
  /** Changed by a run, and not seen up with it since. */
  const doubtful = new Set<Tunnel>();
  const downSince = new Map<Tunnel, number>();
  const upSince = new Map<Tunnel, number>();
  /** Gateways and attachments of which the last read gave the answer before it; empty for whole regions. */
  const stale = new Set<string>();
  const configOf = (tunnel: Tunnel): string => JSON.stringify(tunnel.config);
  for (const { tunnels } of world.cloud.vpc.connections.values()) {
    for (const tunnel of tunnels) {
      configs.set(tunnel, configOf(tunnel));
      if (tunnel.session.status !== UP) downSince.set(tunnel, 0);
    }
  }
  const isUp = ({ session, config }: Tunnel): boolean =>
    session.status === UP && session.loaded === config;
  // Also when one comes up: that its far end takes it down again later is no doubt of ours.
  const settleDoubt = (tunnel: Tunnel): void => {
    if (isUp(tunnel)) doubtful.delete(tunnel);
  };
  const inDoubt = (tunnel: Tunnel): boolean => {
    settleDoubt(tunnel);
    return doubtful.has(tunnel);
  };
  const check = (connection: Connection, tunnel: Tunnel, at: number): void => {
    // A status that the service polled, read from an old answer, is older than any that is assumed.
    const polled = options.switches.statusFreshness === 'polled';
    if (polled && (stale.has(lockId(connection)) || stale.has(''))) return;
    for (const other of connection.tunnels) {
      if (other === tunnel) continue;
      const since = downSince.get(other);
      const knownDown = since !== undefined && at - since > KNOWN_DOWN_MS;
      if (!inDoubt(other) && !knownDown) continue;
      const why = inDoubt(other) ? 'in doubt' : 'down';
      world.violate(2, `${nameOf(connection, tunnel)} was changed while its other one was ${why}`);
    }
  };
  return {
    onCall(call, result) {
      if (call.action !== 'DescribeVpnConnections' || result === null) return;
      const { VpnGatewayId = '', VpnConnectionId = VpnGatewayId } = paramsOf(call);
      if (call.fault?.kind === 'stale-read') stale.add(VpnConnectionId);
      else stale.delete(VpnConnectionId);
    },
    onEvent(event) {
      const seat = world.seat(event.id, event.tunnelId);
      if (seat === null) return;
      const { connection, tunnel } = seat;
      if (event.kind === 'sa-up') {
        downSince.delete(tunnel);
        upSince.set(tunnel, event.at);
        settleDoubt(tunnel);
      }
      if (event.kind === 'sa-down') downSince.set(tunnel, event.at);
      if (event.kind !== 'configured') return;
      const config = configOf(tunnel);
      const changed = configs.get(tunnel) !== config;
      configs.set(tunnel, config);
      if (world.actor === 'person') doubtful.delete(tunnel);
      if (!changed || world.actor === 'person') return;
      const site = world.siteOf(event.id);
      const allowed = site !== null && mayInterrupt(options, scenario.sites, site);
      // Only taking down a tunnel that is up can cut a path.
      const carries =
        tunnel.session.status === UP && event.at - (upSince.get(tunnel) ?? 0) > KNOWN_UP_MS;
      if (carries && !allowed) check(connection, tunnel, event.at);
      doubtful.add(tunnel);
    },
  };
}

function nameOf(connection: Connection, tunnel: Tunnel): string {
  return `${connection.vpnConnectionId}/${tunnel.tunnelId}`;
}
