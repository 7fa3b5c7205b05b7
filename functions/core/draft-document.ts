import type { Fleet } from './fleet.ts';
import { groupsOf } from './groups.ts';
import type { Group, Member } from './groups.ts';
import { SCHEMA } from './parse-document.ts';
import { PSK_PLACEHOLDER } from './psk.ts';

/** A rotation document for one customer gateway that says everything but the key. */
export interface Draft {
  readonly regionId: string;
  readonly customerGatewayId: string;
  /** Ids of the groups that it covers. */
  readonly groups: readonly string[];
  readonly targets: number;
  /** JSON; no document until every placeholder is filled in, see `PSK_PLACEHOLDER`. */
  readonly text: string;
}

/**
 * One draft for each customer gateway that has tunnels with a pre-shared key: all tunnels of all its groups,
 * so that a filled-in draft covers what it touches. It waits for the far end, which is what harms least.
 */
export function draftsFor(fleet: Fleet): readonly Draft[] {
  const shangMi = new Set(
    fleet.gateways.filter((gateway) => gateway.shangMi).map(({ vpnGatewayId }) => vpnGatewayId),
  );
  const byCustomer = new Map<string, Group[]>();
  for (const group of groupsOf(fleet).values()) {
    if (group.vpnGatewayId !== null && shangMi.has(group.vpnGatewayId)) continue;
    const place = `${group.regionId}/${group.customerGatewayId}`;
    byCustomer.set(place, [...(byCustomer.get(place) ?? []), group]);
  }
  return [...byCustomer.values()].flatMap((groups) => {
    const [first] = groups;
    if (first === undefined) return [];
    const targets = groups.flatMap(({ members }) => targetsOf(members));
    const { regionId, customerGatewayId } = first;
    const document = { schema: SCHEMA, targets, handover: { mode: 'acknowledged' } };
    return [
      {
        regionId,
        customerGatewayId,
        groups: groups.map(({ id }) => id),
        targets: targets.length,
        text: `${JSON.stringify(document, null, 2)}\n`,
      },
    ];
  });
}

/** A connection as a whole where all its tunnels are meant and seem to have one key, else each tunnel. */
function targetsOf(members: readonly Member[]): readonly object[] {
  const connections = [...new Set(members.map(({ connection }) => connection))];
  return connections.flatMap((connection) => {
    const { regionId: RegionId, vpnConnectionId: VpnConnectionId } = connection;
    const tunnels = members.filter((member) => member.connection === connection);
    const whole = { RegionId, VpnConnectionId, Psk: PSK_PLACEHOLDER };
    if (tunnels.length === connection.tunnels.length && oneKey(tunnels)) return [whole];
    return tunnels.map(({ tunnel }) => ({
      RegionId,
      VpnConnectionId,
      ...(tunnel.tunnelId === null ? {} : { TunnelId: tunnel.tunnelId }),
      Psk: PSK_PLACEHOLDER,
    }));
  });
}

/** Keys that cannot be read may be one: whoever fills in the draft knows. */
function oneKey(tunnels: readonly Member[]): boolean {
  const [first, ...rest] = tunnels.map(({ tunnel }) => tunnel.key);
  return rest.every(
    (key) => first?.kind !== 'readable' || key.kind !== 'readable' || key.key.equals(first.key),
  );
}
