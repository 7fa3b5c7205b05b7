import { VendorError } from '../../operation.ts';
import type { Definition } from '../../operation.ts';
import { connectionsOf, onListing } from '../look-up.ts';
import { missing, unknown } from '../refusals.ts';
import { tell } from '../model.ts';
import type { VpcState } from '../model.ts';

export const deleteCustomerGateway: Definition<VpcState> = {
  access: 'write',
  ram: onListing('DeleteCustomerGateway', 'customergateway', 'CustomerGatewayId'),
  limit: { calls: 120, perMs: 60_000 },
  run(state, params, { regionId, now }) {
    const id = params['CustomerGatewayId'];
    if (id === undefined || id === '') throw missing('CustomerGatewayId');
    if (state.customerGateways.get(id)?.regionId !== regionId) throw unknown('CustomerGatewayId');
    const used = connectionsOf(state, regionId).some(({ tunnels }) =>
      tunnels.some((tunnel) => tunnel.config.customerGatewayId === id),
    );
    if (used) {
      throw new VendorError({
        status: 400,
        code: 'DependencyViolation.VpnConnection',
        message: 'The customer gateway is used by an IPsec connection.',
      });
    }
    state.customerGateways.delete(id);
    tell(state, { at: now, kind: 'deleted', id, tunnelId: null });
    return {};
  },
};
