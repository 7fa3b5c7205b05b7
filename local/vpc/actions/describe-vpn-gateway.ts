import type { Definition } from '../../operation.ts';
import { readGateway } from '../connection-shape.ts';
import { onListing } from '../look-up.ts';
import { missing, unknown } from '../refusals.ts';
import type { VpcState } from '../model.ts';

export const describeVpnGateway: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeVpnGateway', 'vpngateway', 'VpnGatewayId'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const id = params['VpnGatewayId'];
    if (id === undefined || id === '') throw missing('VpnGatewayId');
    const gateway = state.gateways.get(id);
    if (gateway === undefined || gateway.regionId !== context.regionId) {
      throw unknown('VpnGatewayId');
    }
    return readGateway(gateway);
  },
};
