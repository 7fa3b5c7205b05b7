import * as z from 'zod/mini';
import type { CustomerGateway, VpnGateway } from '../core/fleet.ts';
import type { LogLine, Page } from '../ports/vpn-api.ts';
import { connectionItem, toConnection } from './vpn-connection.ts';
import type { Connection } from '../core/fleet.ts';
import { asWord, id, number, text, total } from './wire-values.ts';

/** Every documented answer carries this; a body without it did not come from the service. */
const accepted = z.object({ RequestId: id });

const gatewayPage = z.object({
  RequestId: id,
  TotalCount: total,
  VpnGateways: z.object({
    VpnGateway: z.array(
      z.object({
        VpnGatewayId: id,
        Name: text,
        Status: text,
        BusinessStatus: text,
        VpnType: text,
      }),
    ),
  }),
});

const connectionPage = z.object({
  RequestId: id,
  TotalCount: total,
  VpnConnections: z.object({ VpnConnection: z.array(connectionItem) }),
});

const customerGatewayPage = z.object({
  RequestId: id,
  TotalCount: total,
  CustomerGateways: z.object({
    CustomerGateway: z.array(
      z.object({
        CustomerGatewayId: id,
        Name: text,
        IpAddress: text,
        Asn: number,
        AuthKey: text,
      }),
    ),
  }),
});

const logPage = z.object({ RequestId: id, Data: z.object({ Logs: z.array(z.string()) }) });
const createdCustomerGateway = z.object({ RequestId: id, CustomerGatewayId: id });

/** Decoders: null for a shape that is not understood. Members nobody asked for are dropped here. */
export function decodeAccepted(body: unknown): true | null {
  return accepted.safeParse(body).success ? true : null;
}

export function decodeGateways(body: unknown, regionId: string): Page<VpnGateway> | null {
  const page = gatewayPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.VpnGateways.VpnGateway.map((item): VpnGateway => ({
    regionId,
    vpnGatewayId: item.VpnGatewayId,
    name: item.Name ?? '',
    status: asWord(item.Status),
    financialLocked: item.BusinessStatus?.toLowerCase() === 'financiallocked',
    shangMi: item.VpnType?.toLowerCase() === 'nationalstandard',
  }));
  return { items, totalCount: page.TotalCount };
}

export function decodeConnections(body: unknown, regionId: string): Page<Connection> | null {
  const page = connectionPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.VpnConnections.VpnConnection.map((item) => toConnection(item, regionId));
  return { items, totalCount: page.TotalCount };
}

export function decodeCustomerGateways(
  body: unknown,
  regionId: string,
): Page<CustomerGateway> | null {
  const page = customerGatewayPage.safeParse(body).data;
  if (page === undefined) return null;
  const items = page.CustomerGateways.CustomerGateway.map((item): CustomerGateway => ({
    regionId,
    customerGatewayId: item.CustomerGatewayId,
    name: item.Name ?? '',
    ipAddress: item.IpAddress ?? '',
    asn: item.Asn,
    bgpKey: (item.AuthKey ?? '') !== '',
  }));
  return { items, totalCount: page.TotalCount };
}

export function decodeLogs(body: unknown): readonly LogLine[] | null {
  const page = logPage.safeParse(body).data;
  return page === undefined ? null : page.Data.Logs.map((line) => ({ text: line }));
}

export function decodeCustomerGatewayId(body: unknown): { customerGatewayId: string } | null {
  const answer = createdCustomerGateway.safeParse(body).data;
  return answer === undefined ? null : { customerGatewayId: answer.CustomerGatewayId };
}
