import type { Definition } from '../../operation.ts';
import { readCustomerGateway } from '../customer-gateway-shape.ts';
import { customerGatewaysOf, onListing } from '../look-up.ts';
import type { VpcState } from '../model.ts';
import { page } from '../paging.ts';

export const describeCustomerGateways: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeCustomerGateways', 'customergateway', 'CustomerGatewayId'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const id = params['CustomerGatewayId'];
    const found = customerGatewaysOf(state, context.regionId).filter(
      (gateway) => id === undefined || gateway.customerGatewayId === id,
    );
    const { items, fields } = page(found, params);
    const shown = items.map((item) => readCustomerGateway(item, context));
    return { ...fields, CustomerGateways: { CustomerGateway: shown } };
  },
};
