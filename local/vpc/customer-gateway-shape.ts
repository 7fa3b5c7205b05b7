import type { CallContext } from '../operation.ts';
import { shownKey } from './shapes.ts';
import type { CustomerGateway } from './model.ts';

/** One customer gateway, as both reads show it; its BGP key comes in the clear, like a tunnel's. */
export function readCustomerGateway(
  gateway: CustomerGateway,
  context: CallContext,
): Record<string, unknown> {
  return {
    CustomerGatewayId: gateway.customerGatewayId,
    IpAddress: gateway.ipAddress,
    Name: gateway.name,
    Description: gateway.description,
    CreateTime: gateway.createdAt,
    ...(gateway.asn === null ? {} : { Asn: gateway.asn }),
    ...(gateway.authKey === '' ? {} : { AuthKey: shownKey(gateway.authKey, context) }),
  };
}
