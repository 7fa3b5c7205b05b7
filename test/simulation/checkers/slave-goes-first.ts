import type { Tunnel } from '../../../local/vpc/model.ts';
import type { Checker, World } from '../world.ts';

/**
 * 2, its order: a slave carries no traffic, so what is wrong has to show there. A run gives a master a key
 * only when its slave has it; on the way back the slave gets its old one only when the master has.
 */
export function slaveGoesFirst(world: World): Checker {
  const keys = new Map<Tunnel, string>();
  for (const { tunnels } of world.cloud.vpc.connections.values()) {
    for (const tunnel of tunnels) keys.set(tunnel, tunnel.config.ike.Psk);
  }
  return {
    onEvent(event) {
      const seat = event.kind === 'configured' ? world.seat(event.id, event.tunnelId) : null;
      if (seat === null) return;
      const { connection, tunnel } = seat;
      const { Psk: key } = tunnel.config.ike;
      const before = keys.get(tunnel);
      keys.set(tunnel, key);
      // A service that keeps siblings alike changes tunnels that nobody has written.
      const ours = world.actor !== null && world.actor !== 'person';
      if (!ours || before === key || connection.home.kind !== 'gateway' || !connection.dual) return;
      if (world.options.switches.sameGatewayRule === 'propagate') return;
      // Which way a run goes is told by the version in force, as long as nobody moves it.
      if (world.acts > 0) return;
      const other = connection.tunnels.find((found) => found !== tunnel);
      const site = world.siteOf(event.id);
      if (other === undefined || site === null) return;
      const wanted = world.wantedKey(site);
      const forward = key === wanted;
      if (forward && tunnel.role === 'master' && other.config.ike.Psk !== key)
        world.violate(2, `${event.id}: the master got the key before the slave`);
      if (!forward && tunnel.role === 'slave' && other.config.ike.Psk === wanted)
        world.violate(2, `${event.id}: the slave was put back before the master`);
    },
  };
}
