import type { Definition } from '../../operation.ts';
import { readGateway } from '../connection-shape.ts';
import { gatewaysOf, onListing } from '../look-up.ts';
import type { VpcState } from '../model.ts';
import { page } from '../paging.ts';

/** No rate is documented for the listing, only for the single read. */
export const describeVpnGateways: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeVpnGateways', 'vpngateway', 'VpnGatewayId'),
  limit: null,
  run(state, params, context) {
    const { VpnGatewayId, VpcId, Status, BusinessStatus } = params;
    const found = gatewaysOf(state, context.regionId).filter(
      (gateway) =>
        (VpnGatewayId === undefined || gateway.vpnGatewayId === VpnGatewayId) &&
        (VpcId === undefined || gateway.vpcId === VpcId) &&
        (Status === undefined || gateway.status === Status) &&
        (BusinessStatus === undefined || gateway.businessStatus === BusinessStatus),
    );
    const { items, fields } = page(found, params);
    return { ...fields, VpnGateways: { VpnGateway: items.map(readGateway) } };
  },
};
