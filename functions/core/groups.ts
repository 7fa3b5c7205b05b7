import type { Connection, Fleet, Tunnel, TunnelRef } from './fleet.ts';

/** One tunnel with the connection it belongs to. */
export interface Member {
  readonly connection: Connection;
  readonly tunnel: Tunnel;
}

/**
 * All tunnels that share a customer gateway on one VPN gateway: the unit that succeeds or is put back as
 * a whole. On a transit-router attachment the connection takes the gateway's place.
 */
export interface Group {
  /** `region/gateway/customer gateway`; the gateway is the connection for attachments. */
  readonly id: string;
  /** `region/gateway`: everything with the same lane is strictly serial. */
  readonly laneId: string;
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly members: readonly Member[];
}

/** What holds the configuration lock: the VPN gateway, or the connection itself for attachments. */
export function laneOf(connection: Connection): string {
  return `${connection.regionId}/${connection.vpnGatewayId ?? connection.vpnConnectionId}`;
}

export function refOf({ connection, tunnel }: Member): TunnelRef {
  return {
    regionId: connection.regionId,
    vpnConnectionId: connection.vpnConnectionId,
    tunnelId: tunnel.tunnelId,
  };
}

/** Partitions every tunnel of the fleet into groups, in the order of the fleet. */
export function groupsOf(fleet: Fleet): ReadonlyMap<string, Group> {
  const members = new Map<string, Member[]>();
  for (const connection of fleet.connections) {
    for (const tunnel of connection.tunnels) {
      const id = groupIdOf(connection, tunnel.customerGatewayId);
      const found = members.get(id);
      if (found === undefined) members.set(id, [{ connection, tunnel }]);
      else found.push({ connection, tunnel });
    }
  }
  const groups = new Map<string, Group>();
  for (const [id, list] of members) {
    const [first] = list;
    if (first === undefined) continue;
    groups.set(id, {
      id,
      laneId: laneOf(first.connection),
      regionId: first.connection.regionId,
      vpnGatewayId: first.connection.vpnGatewayId,
      customerGatewayId: first.tunnel.customerGatewayId,
      members: list,
    });
  }
  return groups;
}

export function groupIdOf(connection: Connection, customerGatewayId: string): string {
  return `${laneOf(connection)}/${customerGatewayId}`;
}
