import type { Connection, Tunnel } from '../../../local/vpc/model.ts';
import type { Checker, World } from '../world.ts';

/** 6: what no document names is as before: other connections whole, other fields of named tunnels. */
export function unnamedStays(world: World): Checker {
  const before = new Map<Tunnel, string>();
  const view = (connection: Connection, tunnel: Tunnel): string => {
    const named = world.siteOf(connection.vpnConnectionId) !== null;
    const { Psk, IkePfs, ...ike } = tunnel.config.ike;
    const kept = named && world.options.settingsChange ? {} : { IkePfs };
    return JSON.stringify({
      ...tunnel.config,
      customerGatewayId: named ? originOf(world, tunnel) : tunnel.config.customerGatewayId,
      ike: named ? { ...ike, ...kept } : { ...ike, Psk, IkePfs },
      local: connection.localSubnets,
      remote: connection.remoteSubnets,
      effectImmediately: connection.effectImmediately,
      name: connection.name,
    });
  };
  const each = (visit: (connection: Connection, tunnel: Tunnel) => void): void => {
    for (const connection of world.cloud.vpc.connections.values()) {
      for (const tunnel of connection.tunnels) visit(connection, tunnel);
    }
  };
  each((connection, tunnel) => before.set(tunnel, view(connection, tunnel)));
  return {
    onRunEnd({ number }) {
      each((connection, tunnel) => {
        if (before.get(tunnel) === view(connection, tunnel)) return;
        const name = `${connection.vpnConnectionId}/${tunnel.tunnelId}`;
        world.violate(6, `run ${number}: ${name} changed in a field that nobody named`);
      });
    },
  };
}

/** The customer gateway that a tunnel began with, where its own is a replacement with the same address. */
function originOf(world: World, tunnel: Tunnel): string {
  const { customerGateways } = world.cloud.vpc;
  const own = customerGateways.get(tunnel.config.customerGatewayId);
  const first = world.scenario.fleet.customerGateways.find(({ ip }) => ip === own?.ipAddress);
  return first?.id ?? tunnel.config.customerGatewayId;
}
