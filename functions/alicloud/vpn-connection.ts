import * as z from 'zod/mini';
import type { Connection, ConnectionKind, LiveKey, Role, SaStatus, Tunnel } from '../core/fleet.ts';
import { PARAMETERS } from '../core/parameters.ts';
import { Redacted } from '../core/redacted.ts';
import {
  asFlag,
  asNumber,
  asText,
  asWord,
  flag,
  id,
  members,
  number,
  text,
} from './wire-values.ts';
import type { Members } from './wire-values.ts';

const tunnelItem = z.looseObject({
  TunnelId: id,
  Role: text,
  TunnelIndex: number,
  State: text,
  Status: text,
  CustomerGatewayId: text,
});

/** One item of DescribeVpnConnections: all three kinds of connection. */
export const connectionItem = z.looseObject({
  VpnConnectionId: id,
  Name: text,
  VpnGatewayId: text,
  CustomerGatewayId: text,
  AttachType: text,
  State: text,
  Status: text,
  LocalSubnet: text,
  RemoteSubnet: text,
  EffectImmediately: flag,
  // A list below `TunnelOptions` when described; a list by itself where an attachment was modified.
  TunnelOptionsSpecification: z.optional(
    z.union([
      z.array(tunnelItem),
      z.pipe(
        z.object({ TunnelOptions: z.optional(z.array(tunnelItem)) }),
        z.transform(({ TunnelOptions }) => TunnelOptions ?? []),
      ),
    ]),
  ),
});

type ConnectionItem = z.infer<typeof connectionItem>;
type TunnelItem = z.infer<typeof tunnelItem>;

/** What the service puts as gateway id where an attachment has none. */
const NO_GATEWAY = 'vpn-not-exist';
const ATTACHED_ELSEWHERE: ReadonlySet<string> = new Set(['CEN', 'NO_ASSOCIATED']);

export function toConnection(item: ConnectionItem, regionId: string): Connection {
  const attachment =
    item.VpnGatewayId === null ||
    item.VpnGatewayId === NO_GATEWAY ||
    ATTACHED_ELSEWHERE.has(item.AttachType?.toUpperCase() ?? '');
  const options = item.TunnelOptionsSpecification ?? [];
  const several = options.length > 0;
  const kind: ConnectionKind = attachment
    ? 'attachment'
    : several
      ? 'dual-tunnel'
      : 'single-tunnel';
  return {
    regionId,
    vpnConnectionId: item.VpnConnectionId,
    name: item.Name ?? '',
    kind,
    vpnGatewayId: attachment ? null : item.VpnGatewayId,
    state: asWord(item.State),
    localSubnets: item.LocalSubnet ?? '',
    remoteSubnets: item.RemoteSubnet ?? '',
    effectImmediately: item.EffectImmediately,
    tunnels: several
      ? options.map((option) => toTunnel(option, attachment ? 'equal' : roleOf(option), item))
      : [onlyTunnel(item)],
  };
}

/** An unknown role counts as the one that carries traffic, with which more care is taken. */
function roleOf(item: TunnelItem): Role {
  return item.Role?.toLowerCase() === 'slave' ? 'slave' : 'master';
}

function toTunnel(item: TunnelItem, role: Role, connection: ConnectionItem): Tunnel {
  return {
    tunnelId: item.TunnelId,
    role,
    index: item.TunnelIndex,
    state: tunnelState(item.State),
    sa: saStatus(item.Status),
    customerGatewayId: item.CustomerGatewayId ?? connection.CustomerGatewayId ?? '',
    ...configuration(item, asFlag(connection['EnableTunnelsBgp'])),
  };
}

/** A single-tunnel connection, told as a tunnel: phase 1, phase 2 and BGP have other names at the top. */
function onlyTunnel(item: ConnectionItem): Tunnel {
  return {
    tunnelId: null,
    role: 'only',
    index: null,
    state: tunnelState(item.State),
    sa: saStatus(item.Status),
    customerGatewayId: item.CustomerGatewayId ?? '',
    ...configuration(
      {
        ...item,
        TunnelIkeConfig: item['IkeConfig'],
        TunnelIpsecConfig: item['IpsecConfig'],
        TunnelBgpConfig: item['VpnBgpConfig'],
      },
      null,
    ),
  };
}

/**
 * Reads of a list do not say `EnableBgp` of a tunnel (read models of @alicloud/vpc20160428 7.3.2): there the
 * connection's own flag counts, and without one the block of addresses that only BGP has.
 */
function configuration(
  options: Members,
  connectionBgp: boolean | null,
): Pick<Tunnel, 'key' | 'settings' | 'bgpEnabled'> {
  const member = membersOf(options);
  const bgpEnabled =
    asFlag(member(['TunnelBgpConfig', 'EnableBgp'])) ??
    connectionBgp ??
    (asText(member(['TunnelBgpConfig', 'TunnelCidr'])) ?? '') !== '';
  const settings: Record<string, string | number | boolean> = {};
  for (const { name, path, rule } of PARAMETERS) {
    if (path[0] === 'TunnelBgpConfig' && !bgpEnabled) continue;
    const value = member(path);
    const read =
      rule.kind === 'integer'
        ? asNumber(value)
        : rule.kind === 'boolean'
          ? asFlag(value)
          : asText(value);
    if (read !== null) settings[name] = read;
  }
  const key = liveKey(member(['TunnelIkeConfig', 'Psk']));
  return { key, settings, bgpEnabled };
}

type Path = readonly [string] | readonly [string, string];

/** Looks up members at the top and inside structures; each structure is read once, however many are asked. */
function membersOf(options: Members): (path: Path) => unknown {
  const structures = new Map<string, Members>();
  return ([first, second]) => {
    if (second === undefined) return options[first];
    const structure = structures.get(first) ?? members.parse(options[first]);
    structures.set(first, structure);
    return structure[second];
  };
}

/**
 * Three stars in a row are how the vendor masks; a key with two is taken for a key. So is nothing that a key
 * cannot be: one character over and over, a character that no key has, a number. A mask that is taken for a
 * key would be put back as one.
 */
function liveKey(psk: unknown): LiveKey {
  if (psk === undefined || psk === null || psk === '') return { kind: 'empty' };
  const isKey = typeof psk === 'string' && !looksMasked(psk);
  return isKey ? { kind: 'readable', key: new Redacted(psk) } : { kind: 'masked' };
}

const looksMasked = (psk: string): boolean =>
  psk.includes('***') || /^(.)\1*$/u.test(psk) || !/^[!-~]+$/u.test(psk);

/**
 * Anything that is neither at rest nor going away counts as being changed, so that nothing is written to
 * it. A single-tunnel connection has the connection's own words; an absent state is left to the gateway's.
 */
function tunnelState(state: string | null): Tunnel['state'] {
  switch (state?.toLowerCase() ?? 'active') {
    case 'active':
    case 'attached':
    case 'init':
    case 'financiallocked':
      return 'active';
    case 'deleting':
    case 'deleted':
      return 'deleting';
    default:
      return 'updating';
  }
}

/** A failed phase 2 means that phase 1 is done. */
function saStatus(status: string | null): SaStatus {
  switch (status?.toLowerCase()) {
    case 'ipsec_sa_established':
      return 'up';
    case 'ike_sa_established':
    case 'ipsec_sa_not_established':
      return 'phase1';
    case 'ike_sa_not_established':
      return 'down';
    default:
      return 'unknown';
  }
}
