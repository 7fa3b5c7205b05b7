/**
 * "IPSec connections associated with the same user gateway and VPN gateway should have the same pre-shared
 * key and IKE configuration." What exactly is compared, and whether a modify is refused for it, is not
 * documented: three switches.
 */
import type { CallContext } from '../operation.ts';
import type { Switches } from '../switches.ts';
import { overlap, parseBlock } from './cidr.ts';
import { connectionsOn } from './look-up.ts';
import { refusal } from './refusals.ts';
import type { Connection, IkeConfig, Tunnel, VpcState } from './model.ts';
import type { Change } from './window.ts';

const CRYPTO = ['Psk', 'IkeVersion', 'IkeMode', 'IkeEncAlg', 'IkeAuthAlg', 'IkePfs'] as const;
const NINE = [...CRYPTO, 'IkeLifetime', 'LocalId', 'RemoteId'] as const;

/** Refuses, or returns the changes together with those that the siblings must follow with. */
export function applySameGatewayRule(
  state: VpcState,
  changes: readonly Change[],
  context: CallContext,
): readonly Change[] {
  const { switches } = context;
  if (switches.sameGatewayRule === 'accept') return changes;
  const all = [...changes];
  for (const change of changes) {
    for (const [connection, tunnel] of siblings(state, change, switches)) {
      if (agree(tunnel.config.ike, change.config.ike, switches)) continue;
      if (switches.sameGatewayRule === 'reject') {
        throw refusal('VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs');
      }
      // Following the siblings of the other role would change both tunnels of a connection at once.
      if (tunnel.role !== change.tunnel.role) continue;
      const { LocalId, RemoteId } = tunnel.config.ike;
      const ike = { ...change.config.ike, LocalId, RemoteId };
      all.push({ connection, tunnel, config: { ...tunnel.config, ike } });
    }
  }
  return all;
}

/** Tunnels of other connections on the same VPN gateway and customer gateway. */
function siblings(
  state: VpcState,
  change: Change,
  switches: Switches,
): readonly (readonly [Connection, Tunnel])[] {
  const found: (readonly [Connection, Tunnel])[] = [];
  for (const other of sameGateway(state, change.connection)) {
    for (const tunnel of other.tunnels) {
      if (tunnel.config.customerGatewayId !== change.config.customerGatewayId) continue;
      if (switches.sameGatewayScope === 'role' && tunnel.role !== change.tunnel.role) continue;
      found.push([other, tunnel]);
    }
  }
  return found;
}

function sameGateway(state: VpcState, connection: Connection): readonly Connection[] {
  const { home } = connection;
  if (home.kind !== 'gateway') return [];
  const { vpnConnectionId } = connection;
  return connectionsOn(state, home.vpnGatewayId).filter(
    (other) => other.vpnConnectionId !== vpnConnectionId,
  );
}

function agree(a: Readonly<IkeConfig>, b: Readonly<IkeConfig>, switches: Switches): boolean {
  const fields = switches.sameGatewayFields === 'nine' ? NINE : CRYPTO;
  return fields.every((field) => a[field] === b[field]);
}

/** Protected data flows of connections to one customer gateway must not overlap. */
export function refuseOverlap(
  state: VpcState,
  connection: Connection,
  subnets: { readonly local: readonly string[]; readonly remote: readonly string[] },
): void {
  const own = new Set(connection.tunnels.map((tunnel) => tunnel.config.customerGatewayId));
  for (const other of sameGateway(state, connection)) {
    if (!other.tunnels.some((tunnel) => own.has(tunnel.config.customerGatewayId))) continue;
    if (
      anyOverlap(subnets.local, other.localSubnets) &&
      anyOverlap(subnets.remote, other.remoteSubnets)
    ) {
      throw refusal('VpnConnectionParamInvalid.SameVpnAndCgwTrafficSelectorOverlap');
    }
  }
}

export function anyOverlap(a: readonly string[], b: readonly string[]): boolean {
  const blocksOf = (texts: readonly string[]) =>
    texts.map(parseBlock).filter((block) => block !== null);
  const others = blocksOf(b);
  return blocksOf(a).some((block) => others.some((other) => overlap(block, other)));
}
