import type { Definition } from '../../operation.ts';
import { readCustomerGateway } from '../customer-gateway-shape.ts';
import { onListing } from '../look-up.ts';
import { missing, unknown } from '../refusals.ts';
import type { VpcState } from '../model.ts';

/** Only the listing's rate is documented. */
export const describeCustomerGateway: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeCustomerGateway', 'customergateway', 'CustomerGatewayId'),
  limit: null,
  run(state, params, context) {
    const id = params['CustomerGatewayId'];
    if (id === undefined || id === '') throw missing('CustomerGatewayId');
    const gateway = state.customerGateways.get(id);
    if (gateway === undefined || gateway.regionId !== context.regionId) {
      throw unknown('CustomerGatewayId');
    }
    return readCustomerGateway(gateway, context);
  },
};
