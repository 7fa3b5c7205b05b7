import { VendorError } from '../../operation.ts';
import type { Definition } from '../../operation.ts';
import { parseIpv4 } from '../cidr.ts';
import { customerGatewaysOf, onListing } from '../look-up.ts';
import { illegal, missing, refusal } from '../refusals.ts';
import { tell } from '../model.ts';
import type { VpcState } from '../model.ts';

/** Customer gateways in a region; fixed (limits page, 2021). */
const MAX_PER_REGION = 100;

export const createCustomerGateway: Definition<VpcState> = {
  access: 'write',
  ram: onListing('CreateCustomerGateway', 'customergateway', 'CustomerGatewayId'),
  limit: { calls: 120, perMs: 60_000 },
  run(state, params, { regionId, now, switches }) {
    const { IpAddress, Name = '', Description = '', Asn, AuthKey = '' } = params;
    if (regionId === '') throw missing('RegionId');
    if (IpAddress === undefined || IpAddress === '') throw missing('IpAddress');
    if (parseIpv4(IpAddress) === null) throw illegal('IpAddress');
    if (Name.length > 100 || /^https?:\/\//.test(Name)) throw refusal('InvalidName');
    const asn = Asn === undefined ? null : Number(Asn);
    if (asn !== null && !(Number.isInteger(asn) && asn >= 1 && asn <= 4_294_967_295)) {
      throw illegal('Asn');
    }
    const others = customerGatewaysOf(state, regionId);
    if (others.length >= MAX_PER_REGION) {
      throw refusedAs('QuotaExceeded.CustomerGateway', 'The maximum number is exceeded.');
    }
    const taken = others.some(({ ipAddress }) => ipAddress === IpAddress);
    if (taken && switches.sharedGatewayIp === 'refused') {
      throw refusedAs('InvalidIpAddress.AlreadyExist', 'The specified IpAddress already exists.');
    }
    const customerGatewayId = `cgw-${state.random.hex(20)}`;
    state.customerGateways.set(customerGatewayId, {
      customerGatewayId,
      regionId,
      name: Name,
      description: Description,
      ipAddress: IpAddress,
      asn,
      authKey: AuthKey,
      createdAt: now,
    });
    tell(state, { at: now, kind: 'created', id: customerGatewayId, tunnelId: null });
    return { CustomerGatewayId: customerGatewayId, IpAddress, Name, Description, CreateTime: now };
  },
};

/** Neither code is on a page that was read. */
function refusedAs(code: string, message: string): VendorError {
  return new VendorError({ status: 400, code, message });
}
