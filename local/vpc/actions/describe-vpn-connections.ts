import type { Definition, Params } from '../../operation.ts';
import { readConnection } from '../connection-shape.ts';
import { connectionsOf, connectionsOn, onListing } from '../look-up.ts';
import type { Switches } from '../../switches.ts';
import type { Connection, VpcState } from '../model.ts';
import { page } from '../paging.ts';

/**
 * Connections on VPN gateways and on transit routers alike. Whether the customer-gateway filter looks at
 * the tunnels of a dual-tunnel connection is not documented.
 */
export const describeVpnConnections: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeVpnConnections', 'vpnconnection', 'VpnConnectionId'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const { VpnConnectionId, CustomerGatewayId } = params;
    const listed = candidates(state, params, context.regionId);
    // Nearly every listing is of everything, and there can be thousands.
    const filtered = (VpnConnectionId ?? CustomerGatewayId) !== undefined;
    const found = filtered
      ? listed.filter(
          (item) =>
            (VpnConnectionId === undefined || item.vpnConnectionId === VpnConnectionId) &&
            (CustomerGatewayId === undefined || leadsTo(item, CustomerGatewayId, context.switches)),
        )
      : listed;
    const { items, fields } = page(found, params);
    const shown = items.map((item) => readConnection(state, item, context));
    return { ...fields, VpnConnections: { VpnConnection: shown } };
  },
};

/** A dual-tunnel connection has its customer gateways at its tunnels only. */
function leadsTo(
  { dual, tunnels }: Connection,
  customerGatewayId: string,
  { customerGatewayFilter }: Switches,
): boolean {
  if (dual && customerGatewayFilter === 'connection') return false;
  return tunnels.some((tunnel) => tunnel.config.customerGatewayId === customerGatewayId);
}

function candidates(state: VpcState, params: Params, regionId: string): readonly Connection[] {
  const { VpnGatewayId } = params;
  if (VpnGatewayId === undefined) return connectionsOf(state, regionId);
  return connectionsOn(state, VpnGatewayId).filter((item) => item.regionId === regionId);
}
