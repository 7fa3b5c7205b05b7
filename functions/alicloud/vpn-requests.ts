import { PARAMETERS } from '../core/parameters.ts';
import type { TunnelConfig, TunnelWrite } from '../core/write.ts';
import { flatten } from './rpc.ts';
import type { VpcCall, WireMap } from './rpc.ts';

type Members = Record<string, WireMap[string]>;

/**
 * The three write calls. Parameter places as documented: everything in the query except the
 * `TunnelOptionsSpecification` array of the connection-level calls, which is a form body.
 * `tunnelOptionsInBody` moves ModifyTunnelAttribute's options there as well, so that the key stays out of
 * the URL; no page says that the service reads them there.
 */
export function writeRequest(write: TunnelWrite, tunnelOptionsInBody: boolean): VpcCall {
  switch (write.call) {
    case 'ModifyTunnelAttribute':
      return modifyTunnel(write, tunnelOptionsInBody);
    case 'ModifyVpnConnectionAttribute':
    case 'ModifyVpnAttachmentAttribute':
      return modifyConnection(write, write.call);
  }
}

function modifyTunnel(write: TunnelWrite, inBody: boolean): VpcCall {
  if (write.tunnelId === null) throw new TypeError('ModifyTunnelAttribute needs a tunnel id');
  const options = { TunnelOptionsSpecification: tunnelOptions(write.config) };
  const query = {
    RegionId: write.regionId,
    VpnConnectionId: write.vpnConnectionId,
    TunnelId: write.tunnelId,
    ClientToken: write.clientToken,
  };
  const place = inBody ? { query, body: options } : { query: { ...query, ...options }, body: null };
  return {
    product: 'vpc',
    action: 'ModifyTunnelAttribute',
    regionId: write.regionId,
    ...place,
  };
}

type ConnectionCall = Exclude<TunnelWrite['call'], 'ModifyTunnelAttribute'>;

function modifyConnection(write: TunnelWrite, action: ConnectionCall): VpcCall {
  const attachment = action === 'ModifyVpnAttachmentAttribute';
  const query: Members = {
    RegionId: write.regionId,
    VpnConnectionId: write.vpnConnectionId,
    ClientToken: write.clientToken,
  };
  // Not resending the subnets is known to break updates; an empty text was never read, so is not sent.
  if (write.localSubnets !== '') query['LocalSubnet'] = write.localSubnets;
  if (write.remoteSubnets !== '') query['RemoteSubnet'] = write.remoteSubnets;
  if (write.effectImmediately !== null) query['EffectImmediately'] = write.effectImmediately;
  const call = { product: 'vpc', action, regionId: write.regionId } as const;
  if (write.tunnelId === null) {
    return { ...call, query: { ...query, ...singleTunnel(write.config, attachment) }, body: null };
  }
  const tunnels = [
    { tunnelId: write.tunnelId, tunnelIndex: write.tunnelIndex, config: write.config },
    ...(write.partner === null ? [] : [write.partner]),
  ];
  // BGP settings exist only where BGP is on; without the switch their fate is undocumented.
  if (tunnels.some(({ config }) => config.settings.bgpTunnelCidr !== undefined)) {
    query['EnableTunnelsBgp'] = true;
  }
  const items = tunnels.map(({ tunnelId, tunnelIndex, config }): WireMap => {
    const item: Members = { TunnelId: tunnelId, ...tunnelOptions(config) };
    if (!attachment) return item;
    // The attachment call's items have an index and no certificate.
    if (tunnelIndex !== null) item['TunnelIndex'] = tunnelIndex;
    delete item['RemoteCaCertificate'];
    return item;
  });
  return { ...call, query, body: { TunnelOptionsSpecification: items } };
}

/** A single-tunnel connection has its options at the top, phase 1, phase 2 and BGP as JSON texts. */
function singleTunnel(config: TunnelConfig, attachment: boolean): WireMap {
  const { TunnelIkeConfig, TunnelIpsecConfig, TunnelBgpConfig, ...rest } = tunnelOptions(config);
  const { RemoteCaCertificate, CustomerGatewayId, ...top } = rest;
  const query: Members = { ...top };
  if (TunnelIkeConfig !== undefined) query['IkeConfig'] = JSON.stringify(TunnelIkeConfig);
  if (TunnelIpsecConfig !== undefined) query['IpsecConfig'] = JSON.stringify(TunnelIpsecConfig);
  if (TunnelBgpConfig !== undefined) query['BgpConfig'] = bgpConfig(TunnelBgpConfig as WireMap);
  if (RemoteCaCertificate !== undefined) {
    query[attachment ? 'RemoteCaCert' : 'RemoteCaCertificate'] = RemoteCaCertificate;
  }
  // Only the attachment call can name a customer gateway; on a VPN gateway it is fixed.
  if (attachment && CustomerGatewayId !== undefined) query['CustomerGatewayId'] = CustomerGatewayId;
  return query;
}

/** The documented example has every member as text, with the switch. */
function bgpConfig(bgp: WireMap): string {
  return JSON.stringify({ EnableBgp: 'true', ...flatten(bgp) });
}

/** `TunnelOptionsSpecification` of one tunnel. The only place where this adapter reads a key. */
function tunnelOptions(config: TunnelConfig): Members {
  const options: Members = {};
  const put = (
    path: readonly [string] | readonly [string, string],
    value: string | number | boolean,
  ) => {
    const [first, second] = path;
    if (second === undefined) options[first] = value;
    else options[first] = { ...(options[first] as WireMap | undefined), [second]: value };
  };
  if (config.key !== null) put(['TunnelIkeConfig', 'Psk'], config.key.expose());
  for (const { name, path } of PARAMETERS) {
    const value = config.settings[name];
    if (value !== undefined) put(path, value);
  }
  return options;
}
