import type { Outcome } from '../core/failure.ts';
import type { PageQuery, VpnApi } from '../ports/vpn-api.ts';
import { ask } from './rpc.ts';
import type { RpcTransport, VpcAction, WireMap } from './rpc.ts';
import {
  decodeAccepted,
  decodeConnections,
  decodeCustomerGatewayId,
  decodeCustomerGateways,
  decodeGateways,
  decodeLogs,
} from './vpn-answers.ts';
import { writeRequest } from './vpn-requests.ts';

/** The documented maximum of DescribeVpnConnectionLogs. */
const LOG_LINES = 50;

/** VPN Gateway's API in Keyturn's words, over any transport. */
export function createVpnApi(
  transport: RpcTransport,
  options: { readonly tunnelOptionsInBody: boolean },
): VpnApi {
  const call: Call = (action, query, decode) => {
    const regionId = query.RegionId;
    const request = { product: 'vpc', action, regionId, query, body: null } as const;
    return ask(transport, request, (body) => decode(body, regionId));
  };
  return {
    ...reads(call),
    write: async (write) => {
      const request = writeRequest(write, options.tunnelOptionsInBody);
      return accepted(await ask(transport, request, decodeAccepted));
    },
    createCustomerGateway: ({ regionId, ipAddress, name, asn, clientToken }) => {
      const identity = { RegionId: regionId, ClientToken: clientToken };
      const peer = { IpAddress: ipAddress, Name: name };
      const query = { ...identity, ...peer, ...named('Asn', asn === null ? null : String(asn)) };
      return call('CreateCustomerGateway', query, decodeCustomerGatewayId);
    },
    deleteCustomerGateway: async ({ regionId, customerGatewayId, clientToken }) => {
      const identity = { RegionId: regionId, ClientToken: clientToken };
      const query = { ...identity, CustomerGatewayId: customerGatewayId };
      return accepted(await call('DeleteCustomerGateway', query, decodeAccepted));
    },
  };
}

type Call = <T>(
  action: VpcAction,
  query: { readonly RegionId: string } & WireMap,
  decode: (body: unknown, regionId: string) => T | null,
) => Promise<Outcome<T>>;

type Reads = Pick<
  VpnApi,
  'listVpnGateways' | 'listVpnConnections' | 'listCustomerGateways' | 'readLogs'
>;

function reads(call: Call): Reads {
  return {
    listVpnGateways: (page) => {
      const query = { ...paging(page), ...named('VpnGatewayId', page.vpnGatewayId) };
      return call('DescribeVpnGateways', query, decodeGateways);
    },
    listVpnConnections: (page) => {
      const query = {
        ...paging(page),
        ...named('VpnGatewayId', page.vpnGatewayId),
        ...named('VpnConnectionId', page.vpnConnectionId),
      };
      return call('DescribeVpnConnections', query, decodeConnections);
    },
    listCustomerGateways: (page) =>
      call('DescribeCustomerGateways', paging(page), decodeCustomerGateways),
    readLogs: ({ regionId, vpnConnectionId, tunnelId, from, to }) => {
      const query = {
        ...paging({ regionId, pageNumber: 1, pageSize: LOG_LINES }),
        VpnConnectionId: vpnConnectionId,
        ...named('TunnelId', tunnelId),
        // Whole seconds, widened so that no line falls out.
        From: Math.floor(from / 1000),
        To: Math.ceil(to / 1000),
      };
      return call('DescribeVpnConnectionLogs', query, decodeLogs);
    },
  };
}

function paging({ regionId, pageNumber, pageSize }: PageQuery) {
  return { RegionId: regionId, PageNumber: pageNumber, PageSize: pageSize };
}

/** A parameter that is left out when there is no value for it. */
function named(name: string, value: string | null | undefined): WireMap {
  return value === null || value === undefined ? {} : { [name]: value };
}

/** The echo of a write is dropped: it has the key in the clear and proves nothing about the tunnel. */
function accepted(outcome: Outcome<true>): Outcome<null> {
  return outcome.kind === 'ok' ? { kind: 'ok', value: null } : outcome;
}
