import type { Definition } from '../../operation.ts';
import { readConnection } from '../connection-shape.ts';
import { connectionsOf, onListing } from '../look-up.ts';
import type { VpcState } from '../model.ts';
import { page } from '../paging.ts';

/**
 * Connections on VPN gateways and on transit routers alike. Whether the customer-gateway filter looks at
 * the tunnels of a dual-tunnel connection is not documented; it does here.
 */
export const describeVpnConnections: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeVpnConnections', 'vpnconnection', 'VpnConnectionId'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const { VpnConnectionId, VpnGatewayId, CustomerGatewayId } = params;
    const found = connectionsOf(state, context.regionId).filter(
      ({ vpnConnectionId, home, tunnels }) =>
        (VpnConnectionId === undefined || vpnConnectionId === VpnConnectionId) &&
        (VpnGatewayId === undefined ||
          (home.kind === 'gateway' && home.vpnGatewayId === VpnGatewayId)) &&
        (CustomerGatewayId === undefined ||
          tunnels.some((tunnel) => tunnel.config.customerGatewayId === CustomerGatewayId)),
    );
    const { items, fields } = page(found, params);
    const shown = items.map((item) => readConnection(state, item, context));
    return { ...fields, VpnConnections: { VpnConnection: shown } };
  },
};
