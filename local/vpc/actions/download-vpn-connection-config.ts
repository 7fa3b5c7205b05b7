import type { CallContext, Definition } from '../../operation.ts';
import { findConnection, onConnection } from '../look-up.ts';
import { shownIke } from '../shapes.ts';
import type { Connection, Tunnel, VpcState } from '../model.ts';

/** The configuration for the device at the other end: local and remote are swapped. */
export const downloadVpnConnectionConfig: Definition<VpcState> = {
  access: 'read',
  ram: onConnection('DownloadVpnConnectionConfig'),
  limit: { calls: 30, perMs: 60_000 },
  run(state, params, context) {
    const connection = findConnection(state, params, context);
    const subnets = {
      LocalSubnet: connection.remoteSubnets.join(','),
      RemoteSubnet: connection.localSubnets.join(','),
    };
    const tunnels = connection.tunnels.map((tunnel) => mirrored(state, tunnel, context));
    const config = connection.dual
      ? { TunnelsConfig: { TunnelConfig: tunnels }, BgpConfigs: { BgpConfig: bgp(connection) } }
      : tunnels[0];
    return { VpnConnectionConfig: { ...subnets, ...config } };
  },
};

function mirrored(state: VpcState, tunnel: Tunnel, context: CallContext): Record<string, unknown> {
  const { config } = tunnel;
  const ike = shownIke(config.ike, context);
  return {
    ...(tunnel.tunnelId === '' ? {} : { TunnelId: tunnel.tunnelId }),
    Local: state.customerGateways.get(config.customerGatewayId)?.ipAddress ?? '',
    Remote: tunnel.internetIp,
    IkeConfig: { ...ike, LocalId: ike.RemoteId, RemoteId: ike.LocalId },
    IpsecConfig: { ...config.ipsec },
  };
}

function bgp(connection: Connection): readonly Record<string, string>[] {
  if (!connection.bgpEnabled) return [];
  return connection.tunnels.map(({ tunnelId, config }) => ({
    TunnelId: tunnelId,
    TunnelCidr: config.bgp.TunnelCidr,
    LocalAsn: String(config.bgp.PeerAsn),
    LocalBgpIp: config.bgp.PeerBgpIp,
    PeerAsn: String(config.bgp.LocalAsn),
    PeerBgpIp: config.bgp.LocalBgpIp,
  }));
}
