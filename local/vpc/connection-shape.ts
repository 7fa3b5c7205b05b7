import type { CallContext } from '../operation.ts';
import { readTunnel, shownStatus, singleConfig } from './shapes.ts';
import type { Connection, VpcState, VpnGateway } from './model.ts';

/** The id that the service shows where an attachment has no VPN gateway. */
const NO_GATEWAY = 'vpn-not-exist';

/** One connection, as DescribeVpnConnection and DescribeVpnConnections show it; not to be altered. */
export function readConnection(
  state: VpcState,
  connection: Connection,
  context: CallContext,
): Readonly<Record<string, unknown>> {
  const { name, localSubnets, remoteSubnets, effectImmediately, bgpEnabled } = connection;
  const { keyOnRead } = context.switches;
  const parts: unknown[] = [shownState(state, connection, context), keyOnRead, bgpEnabled];
  parts.push(name, localSubnets, remoteSubnets, effectImmediately);
  for (const tunnel of connection.tunnels) {
    const status = shownStatus(tunnel, context);
    parts.push(tunnel.config, tunnel.state, tunnel.session.status, status);
  }
  return state.shapes.get(connection, parts, () => makeConnection(state, connection, context));
}

function makeConnection(
  state: VpcState,
  connection: Connection,
  context: CallContext,
): Readonly<Record<string, unknown>> {
  const [first] = connection.tunnels;
  if (first === undefined) throw new Error(`${connection.vpnConnectionId} has no tunnel`);
  return {
    VpnConnectionId: connection.vpnConnectionId,
    Name: connection.name,
    ...home(connection),
    CreateTime: connection.createdAt,
    LocalSubnet: connection.localSubnets.join(','),
    RemoteSubnet: connection.remoteSubnets.join(','),
    EffectImmediately: connection.effectImmediately,
    State: shownState(state, connection, context),
    NetworkType: 'public',
    EnableTunnelsBgp: connection.bgpEnabled,
    VcoHealthCheck: { Enable: 'false', Dip: '', Sip: '', Interval: 3, Retry: 3, Status: 'failed' },
    ...(connection.dual
      ? {
          TunnelOptionsSpecification: {
            TunnelOptions: connection.tunnels.map((item) => readTunnel(connection, item, context)),
          },
        }
      : {
          CustomerGatewayId: first.config.customerGatewayId,
          InternetIp: first.internetIp,
          Status: shownStatus(first, context),
          ...singleConfig(connection, first, context),
        }),
  };
}

function home(connection: Connection): Record<string, unknown> {
  if (connection.home.kind === 'gateway') {
    return { VpnGatewayId: connection.home.vpnGatewayId, AttachType: 'VPNGW' };
  }
  const { transitRouterId } = connection.home;
  return {
    VpnGatewayId: NO_GATEWAY,
    AttachType: transitRouterId === null ? 'NO_ASSOCIATED' : 'CEN',
    ...(transitRouterId === null
      ? {}
      : { TransitRouterId: transitRouterId, AttachInstanceId: transitRouterId }),
    CrossAccountAuthorized: false,
  };
}

/** A connection on a gateway is locked together with it when payments are overdue. */
function shownState(state: VpcState, connection: Connection, { switches }: CallContext): string {
  if (connection.home.kind === 'attachment') return connection.state;
  const gateway = state.gateways.get(connection.home.vpnGatewayId);
  if (gateway?.businessStatus === 'FinancialLocked') return 'financialLocked';
  const changing = connection.tunnels.some((tunnel) => tunnel.state === 'updating');
  return changing ? switches.connectionState : connection.state;
}

/** One gateway, as DescribeVpnGateway and DescribeVpnGateways show it. */
export function readGateway(gateway: VpnGateway): Record<string, unknown> {
  return {
    VpnGatewayId: gateway.vpnGatewayId,
    Name: gateway.name,
    Description: '',
    Status: gateway.status,
    BusinessStatus: gateway.businessStatus,
    VpnType: gateway.vpnType,
    GatewayType: 'Traditional',
    NetworkType: 'public',
    InternetIp: gateway.internetIp,
    ...(gateway.disasterRecoveryInternetIp === null
      ? {}
      : {
          DisasterRecoveryInternetIp: gateway.disasterRecoveryInternetIp,
          DisasterRecoveryVSwitchId: `vsw-${gateway.vpnGatewayId.slice(4)}`,
        }),
    VpcId: gateway.vpcId,
    CreateTime: gateway.createdAt,
    ChargeType: 'POSTPAY',
    Spec: '10M',
    IpsecVpn: 'enable',
    SslVpn: 'disable',
    AutoPropagate: false,
    EnableBgp: true,
  };
}
