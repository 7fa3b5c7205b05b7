import type { CallContext, Params } from '../operation.ts';
import { missing, refusal, unknown } from './refusals.ts';
import type { Connection, CustomerGateway, Tunnel, VpcState, VpnGateway } from './model.ts';

/** ModifyTunnelAttribute alone works without a region: then every region is searched. */
export function findConnection(state: VpcState, params: Params, context: CallContext): Connection {
  const id = params['VpnConnectionId'];
  if (id === undefined || id === '') throw missing('VpnConnectionId');
  const connection = state.connections.get(id);
  const elsewhere = context.regionId !== '' && connection?.regionId !== context.regionId;
  if (connection === undefined || elsewhere) {
    throw refusal('InvalidVpnConnectionInstanceId.NotFound');
  }
  return connection;
}

export function findTunnel(connection: Connection, tunnelId: string): Tunnel {
  const tunnel = connection.tunnels.find((candidate) => candidate.tunnelId === tunnelId);
  if (tunnel === undefined || tunnelId === '') throw unknown('TunnelId');
  return tunnel;
}

/** Null for an attachment. Refuses when the gateway cannot be changed because of overdue payments. */
export function usableGateway(state: VpcState, connection: Connection): VpnGateway | null {
  if (connection.home.kind === 'attachment') return null;
  const gateway = state.gateways.get(connection.home.vpnGatewayId);
  if (gateway === undefined) throw unknown('VpnGatewayId');
  if (gateway.businessStatus === 'FinancialLocked') throw refusal('VpnGateway.FinancialLocked');
  return gateway;
}

export function connectionsOf(state: VpcState, regionId: string): readonly Connection[] {
  return state.connectionsByRegion.get(regionId) ?? [];
}

/** Those on one VPN gateway. */
export function connectionsOn(state: VpcState, vpnGatewayId: string): readonly Connection[] {
  return state.connectionsByGateway.get(vpnGatewayId) ?? [];
}

export function gatewaysOf(state: VpcState, regionId: string): readonly VpnGateway[] {
  return state.gatewaysByRegion.get(regionId) ?? [];
}

export function customerGatewaysOf(state: VpcState, regionId: string): readonly CustomerGateway[] {
  return [...state.customerGateways.values()].filter((item) => item.regionId === regionId);
}

/** RAM: the connection a call names, in the words of the API page's authorization table. */
export const onConnection = (action: string) => ({
  action: `vpc:${action}`,
  resources: (params: Params, context: CallContext): readonly string[] => [
    arn(context, `vpnconnection/${params['VpnConnectionId'] ?? '*'}`),
  ],
});

/** RAM: everything of a kind, or the one that is named. */
export const onListing = (action: string, kind: string, parameter: string) => ({
  action: `vpc:${action}`,
  resources: (params: Params, context: CallContext): readonly string[] => [
    arn(context, `${kind}/${params[parameter] ?? '*'}`),
  ],
});

function arn(context: CallContext, resource: string): string {
  const region = context.regionId === '' ? '*' : context.regionId;
  return `acs:vpc:${region}:${context.caller.accountId}:${resource}`;
}
