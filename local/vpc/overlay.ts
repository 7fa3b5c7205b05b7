/** Lays the options of a request over what a tunnel has. What becomes of fields left out is a switch. */
import type { CallContext } from '../operation.ts';
import type { Prng } from '../prng.ts';
import { contains, parseBlock, parseIpv4 } from './cidr.ts';
import { connectionsOn } from './look-up.ts';
import { illegal, refusal, unknown } from './refusals.ts';
import { checkOptions } from './tunnel-options.ts';
import type { TunnelOptions } from './tunnel-options.ts';
import type {
  BgpConfig,
  Connection,
  IkeConfig,
  IpsecConfig,
  Tunnel,
  TunnelConfig,
  VpcState,
} from './model.ts';

/** Documented defaults of creation (SDK comments). */
const DEFAULT_IKE = {
  IkeVersion: 'ikev1',
  IkeMode: 'main',
  IkeEncAlg: 'aes',
  IkeAuthAlg: 'md5',
  IkePfs: 'group2',
  IkeLifetime: 86_400,
};
const DEFAULT_IPSEC: IpsecConfig = {
  IpsecEncAlg: 'aes',
  IpsecAuthAlg: 'md5',
  IpsecPfs: 'group2',
  IpsecLifetime: 86_400,
};

export function overlay(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  options: TunnelOptions,
  context: CallContext,
): TunnelConfig {
  const { home } = connection;
  const gateway = home.kind === 'gateway' ? (state.gateways.get(home.vpnGatewayId) ?? null) : null;
  checkOptions(options, gateway, context.switches.quotesInKey);
  const current = tunnel.config;
  const customerGatewayId = options.top['CustomerGatewayId'] ?? current.customerGatewayId;
  const customerGateway = state.customerGateways.get(customerGatewayId);
  if (customerGateway === undefined || customerGateway.regionId !== connection.regionId) {
    throw unknown('CustomerGatewayId');
  }
  const defaulted = context.switches.omittedFields === 'defaulted';
  const flag = (name: string, was: boolean): boolean => {
    const sent = options.top[name];
    return sent === undefined ? defaulted || was : sent === 'true';
  };
  const ids = { LocalId: tunnel.internetIp, RemoteId: customerGateway.ipAddress };
  const config: TunnelConfig = {
    ike: overlayIke(current.ike, options.ike, ids, context),
    ipsec: overlayIpsec(current.ipsec, options.ipsec, defaulted),
    bgp: overlayBgp(connection, current.bgp, options.bgp),
    dpd: flag('EnableDpd', current.dpd),
    natTraversal: flag('EnableNatTraversal', current.natTraversal),
    customerGatewayId,
    remoteCaCertificate: options.top['RemoteCaCertificate'] ?? current.remoteCaCertificate,
  };
  if (config.ike.IkeVersion === 'ikev1' && severalSubnets(connection)) {
    throw refusal('ModifyIkeV1WithMultiRoutes.Invalid');
  }
  if (options.bgp !== null) refuseSharedCidr(state, connection, tunnel, config.bgp.TunnelCidr);
  return config;
}

function overlayIke(
  current: Readonly<IkeConfig>,
  sent: TunnelOptions['ike'],
  ids: { LocalId: string; RemoteId: string },
  context: CallContext,
): IkeConfig {
  if (sent === null) return current;
  const { omittedFields } = context.switches;
  const base = omittedFields === 'defaulted' ? { ...current, ...DEFAULT_IKE, ...ids } : current;
  const key =
    sent['Psk'] ?? (omittedFields === 'keyRegenerated' ? randomKey(context.random) : base.Psk);
  return {
    Psk: key,
    IkeVersion: sent['IkeVersion'] ?? base.IkeVersion,
    IkeMode: sent['IkeMode'] ?? base.IkeMode,
    IkeEncAlg: sent['IkeEncAlg'] ?? base.IkeEncAlg,
    IkeAuthAlg: sent['IkeAuthAlg'] ?? base.IkeAuthAlg,
    IkePfs: sent['IkePfs'] ?? base.IkePfs,
    IkeLifetime: Number(sent['IkeLifetime'] ?? base.IkeLifetime),
    LocalId: sent['LocalId'] ?? base.LocalId,
    RemoteId: sent['RemoteId'] ?? base.RemoteId,
  };
}

function overlayIpsec(
  current: Readonly<IpsecConfig>,
  sent: TunnelOptions['ipsec'],
  defaulted: boolean,
): IpsecConfig {
  if (sent === null) return current;
  const base = defaulted ? DEFAULT_IPSEC : current;
  return {
    IpsecEncAlg: sent['IpsecEncAlg'] ?? base.IpsecEncAlg,
    IpsecAuthAlg: sent['IpsecAuthAlg'] ?? base.IpsecAuthAlg,
    IpsecPfs: sent['IpsecPfs'] ?? base.IpsecPfs,
    IpsecLifetime: Number(sent['IpsecLifetime'] ?? base.IpsecLifetime),
  };
}

function overlayBgp(
  connection: Connection,
  current: Readonly<BgpConfig>,
  sent: TunnelOptions['bgp'],
): BgpConfig {
  if (sent === null) return current;
  // BGP is turned on for the whole connection, by ModifyVpnConnectionAttribute (API page).
  if (!connection.bgpEnabled) throw illegal('LocalAsn');
  const TunnelCidr = sent['TunnelCidr'] ?? current.TunnelCidr;
  const LocalBgpIp = sent['LocalBgpIp'] ?? current.LocalBgpIp;
  const block = parseBlock(TunnelCidr);
  const address = parseIpv4(LocalBgpIp);
  if (block === null || address === null || !contains(block, address)) throw illegal('LocalBgpIp');
  return {
    ...current,
    TunnelCidr,
    LocalBgpIp,
    LocalAsn: Number(sent['LocalAsn'] ?? current.LocalAsn),
  };
}

/** The tunnel CIDR of each tunnel on one gateway must be its own. */
function refuseSharedCidr(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  cidr: string,
): void {
  const { home } = connection;
  if (home.kind !== 'gateway') return;
  for (const other of connectionsOn(state, home.vpnGatewayId)) {
    for (const candidate of other.tunnels) {
      if (candidate === tunnel || !other.bgpEnabled) continue;
      if (candidate.config.bgp.TunnelCidr === cidr) throw illegal('TunnelCidr');
    }
  }
}

function severalSubnets(connection: Connection): boolean {
  return connection.localSubnets.length > 1 || connection.remoteSubnets.length > 1;
}

/** The service makes one of 16 characters when none is given (SDK comment). */
function randomKey(random: Prng): string {
  return `example${random.hex(9)}`;
}
