import { lineOf } from './customer-gateways.ts';
import type { Replacements } from './customer-gateways.ts';
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
  /** Not null: some members are on this newer customer gateway already, and the others follow. */
  readonly movingTo: string | null;
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

/**
 * Partitions every tunnel of the fleet into groups, in the order of the fleet. Tunnels on a customer gateway
 * and on one that was made to replace it are one group, as long as both are in use on the lane.
 */
export function groupsOf(
  fleet: Fleet,
  replacements: Replacements = new Map(),
): ReadonlyMap<string, Group> {
  const everyone = fleet.connections.flatMap((connection) =>
    connection.tunnels.map((tunnel) => ({ connection, tunnel })),
  );
  const used = new Set(everyone.map(gatewayIdOf));
  const members = new Map<string, Member[]>();
  for (const member of everyone) {
    const line = lineOfMember(member, replacements);
    const oldest = line.findLast((id) => used.has(groupIdOf(member.connection, id)));
    const id = groupIdOf(member.connection, oldest ?? member.tunnel.customerGatewayId);
    const found = members.get(id);
    if (found === undefined) members.set(id, [member]);
    else found.push(member);
  }
  const groups = new Map<string, Group>();
  for (const [id, list] of members) {
    const [first] = list;
    if (first === undefined) continue;
    const { connection } = first;
    const byAge = list
      .map((member) => lineOfMember(member, replacements))
      .toSorted((a, b) => a.length - b.length || (String(a[0]) < String(b[0]) ? -1 : 1));
    const [oldest] = byAge[0] ?? [];
    const [newest] = byAge.at(-1) ?? [];
    groups.set(id, {
      id,
      laneId: laneOf(connection),
      regionId: connection.regionId,
      vpnGatewayId: connection.vpnGatewayId,
      customerGatewayId: oldest ?? first.tunnel.customerGatewayId,
      movingTo: newest === undefined || newest === oldest ? null : newest,
      members: list,
    });
  }
  return groups;
}

const gatewayIdOf = ({ connection, tunnel }: Member): string =>
  groupIdOf(connection, tunnel.customerGatewayId);

function lineOfMember({ connection, tunnel }: Member, replacements: Replacements) {
  const { regionId } = connection;
  return lineOf(replacements, { regionId, customerGatewayId: tunnel.customerGatewayId });
}

export function groupIdOf(connection: Connection, customerGatewayId: string): string {
  return `${laneOf(connection)}/${customerGatewayId}`;
}
