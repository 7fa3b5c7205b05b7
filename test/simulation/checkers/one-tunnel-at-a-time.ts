import type { Connection, Tunnel } from '../../../local/vpc/model.ts';
import type { Checker, World } from '../world.ts';

const UP = 'ipsec_sa_established';

/** 2: never two tunnels of one connection in doubt or down because of us at once. */
export function oneTunnelAtATime(world: World): Checker {
  const loaded = new Map<string, string>();
  const nameOf = (connection: Connection, tunnel: Tunnel): string =>
    `${connection.vpnConnectionId}/${tunnel.tunnelId}`;
  const configOf = (tunnel: Tunnel): string => JSON.stringify(tunnel.config);
  const initial = new Map<string, string>();
  for (const connection of world.cloud.vpc.connections.values()) {
    for (const tunnel of connection.tunnels) {
      loaded.set(nameOf(connection, tunnel), configOf(tunnel));
      initial.set(nameOf(connection, tunnel), configOf(tunnel));
    }
  }
  return {
    promise: 2,
    onEvent(event) {
      if (event.kind !== 'configured' || world.options.allowInterruption) return;
      const connection = world.cloud.vpc.connections.get(event.id);
      const tunnel = connection?.tunnels.find((found) => found.tunnelId === event.tunnelId);
      if (connection === undefined || tunnel === undefined) return;
      const name = nameOf(connection, tunnel);
      const config = configOf(tunnel);
      const changed = loaded.get(name) !== config;
      loaded.set(name, config);
      // Only taking down a tunnel that is up can cut a path.
      if (!changed || tunnel.session.status !== UP) return;
      for (const other of connection.tunnels) {
        if (other === tunnel) continue;
        const doubtful = other.session.status !== UP || other.session.loaded !== other.config;
        if (doubtful)
          world.violate(2, `${name} was changed while ${nameOf(connection, other)} was not up`);
      }
    },
  };
}
