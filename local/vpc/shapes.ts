/**
 * How tunnels look on the wire. The reads give text where the answers of the writes give numbers and
 * booleans; single-tunnel configurations give numbers everywhere (SDK response models, version 7.3.2).
 */
import type { CallContext } from '../operation.ts';
import type { BgpConfig, Connection, IkeConfig, SaStatus, Tunnel, TunnelConfig } from './model.ts';

/** A polled status is refreshed this often. */
const STATUS_POLL_MS = 10_000;

export function shownKey(key: string, context: CallContext): string {
  switch (context.switches.keyOnRead) {
    case 'plain':
      return key;
    case 'masked':
      return '******';
    case 'empty':
      return '';
  }
}

export function shownIke(ike: Readonly<IkeConfig>, context: CallContext): IkeConfig {
  return { ...ike, Psk: shownKey(ike.Psk, context) };
}

function shownBgp(bgp: Readonly<BgpConfig>): Record<string, string | number> {
  const { AuthKey: _secret, ...shown } = bgp;
  return shown;
}

/** Live, or as of the last poll. */
export function shownStatus(tunnel: Tunnel, context: CallContext): SaStatus {
  const { session } = tunnel;
  if (context.switches.statusFreshness === 'live') return session.status;
  const polledAt = context.now - (context.now % STATUS_POLL_MS);
  const then = session.history.findLast((entry) => entry.at <= polledAt);
  return then?.status ?? session.history[0]?.status ?? session.status;
}

/** One tunnel of DescribeVpnConnection(s): lifetimes and flags are text. */
export function readTunnel(
  connection: Connection,
  tunnel: Tunnel,
  context: CallContext,
): Record<string, unknown> {
  const { config, session } = tunnel;
  const ike = shownIke(config.ike, context);
  const bgp = shownBgp(config.bgp);
  const up = session.status === 'ipsec_sa_established';
  const attachment = connection.home.kind === 'attachment';
  return {
    TunnelId: tunnel.tunnelId,
    Role: tunnel.role,
    ...(attachment ? { TunnelIndex: tunnel.index } : {}),
    State: tunnel.state,
    Status: shownStatus(tunnel, context),
    CustomerGatewayId: config.customerGatewayId,
    InternetIp: tunnel.internetIp,
    ZoneNo: tunnel.zoneNo,
    EnableDpd: String(config.dpd),
    EnableNatTraversal: String(config.natTraversal),
    RemoteCaCertificate: config.remoteCaCertificate,
    TunnelIkeConfig: { ...ike, IkeLifetime: String(ike.IkeLifetime) },
    TunnelIpsecConfig: { ...config.ipsec, IpsecLifetime: String(config.ipsec.IpsecLifetime) },
    ...(connection.bgpEnabled
      ? {
          TunnelBgpConfig: {
            ...bgp,
            LocalAsn: String(config.bgp.LocalAsn),
            PeerAsn: String(config.bgp.PeerAsn),
            BgpStatus: up ? 'success' : 'false',
          },
        }
      : {}),
  };
}

/** One tunnel in the answer of a write: lifetimes are numbers, flags are booleans. */
export function writtenTunnel(
  connection: Connection,
  tunnel: Tunnel,
  context: CallContext,
): Record<string, unknown> {
  const { config } = tunnel;
  return {
    TunnelId: tunnel.tunnelId,
    Role: tunnel.role,
    ...(connection.home.kind === 'attachment' ? { TunnelIndex: tunnel.index } : {}),
    State: tunnel.state,
    CustomerGatewayId: config.customerGatewayId,
    InternetIp: tunnel.internetIp,
    ZoneNo: tunnel.zoneNo,
    ...configured(connection, config, context),
  };
}

function configured(
  connection: Connection,
  config: TunnelConfig,
  context: CallContext,
): Record<string, unknown> {
  return {
    EnableDpd: config.dpd,
    EnableNatTraversal: config.natTraversal,
    RemoteCaCertificate: config.remoteCaCertificate,
    TunnelIkeConfig: shownIke(config.ike, context),
    TunnelIpsecConfig: { ...config.ipsec },
    TunnelBgpConfig: { EnableBgp: connection.bgpEnabled, ...shownBgp(config.bgp) },
  };
}

/** What a single-tunnel connection shows instead of tunnels. */
export function singleConfig(
  connection: Connection,
  tunnel: Tunnel,
  context: CallContext,
): Record<string, unknown> {
  const { config } = tunnel;
  return {
    EnableDpd: config.dpd,
    EnableNatTraversal: config.natTraversal,
    RemoteCaCertificate: config.remoteCaCertificate,
    IkeConfig: shownIke(config.ike, context),
    IpsecConfig: { ...config.ipsec },
    VpnBgpConfig: {
      EnableBgp: String(connection.bgpEnabled),
      ...shownBgp(config.bgp),
      AuthKey: shownKey(config.bgp.AuthKey, context),
    },
  };
}
