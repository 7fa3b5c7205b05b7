/** What ModifyVpnConnectionAttribute and ModifyVpnAttachmentAttribute have in common. */
import type { CallContext, Params } from '../operation.ts';
import { parseBlock } from './cidr.ts';
import { findTunnel } from './look-up.ts';
import { overlay } from './overlay.ts';
import { illegal, missing, refusal, unknown } from './refusals.ts';
import { anyOverlap, applySameGatewayRule, refuseOverlap } from './same-gateway.ts';
import { readFlattened, readSingle } from './tunnel-options.ts';
import type { TunnelOptions } from './tunnel-options.ts';
import { configure, refuseWhileConfiguring } from './window.ts';
import type { Change } from './window.ts';
import type { Connection, Tunnel, VpcState } from './model.ts';

const ARRAY = 'TunnelOptionsSpecification.';
const EVERYTHING = ['0.0.0.0/0'];
/** Says nothing about a tunnel; with switch `omittedTunnel` at `defaulted` everything but the key falls back. */
const EMPTY: TunnelOptions = { ike: {}, ipsec: {}, bgp: null, top: {} };

export function changeConnection(
  state: VpcState,
  connection: Connection,
  params: Params,
  context: CallContext,
): void {
  refuseWhileConfiguring(state, connection, context);
  const name = readName(params);
  const subnets = readSubnets(state, connection, params, context);
  const bgpEnabled = flag(params, 'EnableTunnelsBgp') ?? connection.bgpEnabled;
  const next = {
    ...connection,
    bgpEnabled,
    localSubnets: subnets.local,
    remoteSubnets: subnets.remote,
  };
  const changes = tunnelChanges(state, next, params, context).map((change) => ({
    ...change,
    connection,
  }));
  const all = applySameGatewayRule(state, changes, context);
  connection.name = name ?? connection.name;
  connection.localSubnets = subnets.local;
  connection.remoteSubnets = subnets.remote;
  connection.bgpEnabled = bgpEnabled;
  connection.effectImmediately = flag(params, 'EffectImmediately') ?? connection.effectImmediately;
  connection.autoConfigRoute = flag(params, 'AutoConfigRoute') ?? connection.autoConfigRoute;
  configure(state, connection, all, { ...context, call: 'connection' });
}

function tunnelChanges(
  state: VpcState,
  connection: Connection,
  params: Params,
  context: CallContext,
): readonly Change[] {
  const change = (tunnel: Tunnel, options: TunnelOptions, as = context): Change => ({
    connection,
    tunnel,
    config: overlay(state, connection, tunnel, options, as),
  });
  const [first] = connection.tunnels;
  if (!connection.dual && first !== undefined) return [change(first, readSingle(params))];
  const named = new Map<Tunnel, TunnelOptions>();
  for (const index of arrayIndices(params)) {
    const options = readFlattened(params, `${ARRAY}${index}.`);
    const tunnel = namedTunnel(connection, options.top);
    if (named.has(tunnel)) throw illegal('TunnelOptionsSpecification');
    named.set(tunnel, options);
  }
  if (named.size === 0) return [];
  const { switches } = context;
  const changes = [...named].map(([tunnel, options]) => change(tunnel, options));
  if (switches.omittedTunnel === 'defaulted') {
    const defaults = { ...context, switches: { ...switches, omittedFields: 'defaulted' as const } };
    const left = connection.tunnels.filter((tunnel) => !named.has(tunnel));
    changes.push(...left.map((tunnel) => change(tunnel, EMPTY, defaults)));
  }
  return changes;
}

/** By id, by role (VPN gateway) or by index (transit router). */
function namedTunnel(connection: Connection, top: Readonly<Record<string, string>>): Tunnel {
  const { TunnelId, Role, TunnelIndex } = top;
  if (TunnelId !== undefined) return findTunnel(connection, TunnelId);
  const tunnel = connection.tunnels.find(
    (candidate) => candidate.role === Role || String(candidate.index) === TunnelIndex,
  );
  if (tunnel === undefined) throw unknown('TunnelId');
  return tunnel;
}

function arrayIndices(params: Params): readonly string[] {
  const indices = new Set<string>();
  for (const name of Object.keys(params)) {
    if (name.startsWith(ARRAY)) indices.add(name.slice(ARRAY.length).split('.', 1)[0] ?? '');
  }
  return [...indices].sort();
}

/** 1 to 100 characters, not beginning with http:// or https:// (SDK comment). */
function readName(params: Params): string | null {
  const name = params['Name'];
  if (name === undefined) return null;
  if (name.length < 1 || name.length > 100 || /^https?:\/\//.test(name)) {
    throw refusal('InvalidName');
  }
  return name;
}

function readSubnets(
  state: VpcState,
  connection: Connection,
  params: Params,
  { switches }: CallContext,
): { readonly local: readonly string[]; readonly remote: readonly string[] } {
  const read = (name: string, was: readonly string[]): readonly string[] => {
    const sent = subnetList(params, name);
    if (sent !== null || switches.omittedSubnets === 'kept') return sent ?? was;
    if (switches.omittedSubnets === 'refused') throw missing(name);
    return EVERYTHING;
  };
  const local = read('LocalSubnet', connection.localSubnets);
  const remote = read('RemoteSubnet', connection.remoteSubnets);
  const same =
    local.join() === connection.localSubnets.join() &&
    remote.join() === connection.remoteSubnets.join();
  if (same) return { local, remote };
  refuseOverlap(state, connection, { local, remote });
  const { home } = connection;
  const gateway = home.kind === 'gateway' ? state.gateways.get(home.vpnGatewayId) : undefined;
  if (gateway !== undefined && connection.autoConfigRoute) {
    if (remote.some((cidr) => gateway.routes.includes(cidr))) {
      throw refusal('VpnRouteEntry.AlreadyExists');
    }
    if (anyOverlap(remote, gateway.routes)) throw refusal('VpnRouteEntry.Conflict');
  }
  return { local, remote };
}

/** At most ten blocks, as Terraform's provider allows. */
function subnetList(params: Params, name: string): readonly string[] | null {
  const text = params[name];
  if (text === undefined) return null;
  const list = text.split(',');
  if (list.length > 10 || list.some((cidr) => parseBlock(cidr) === null)) throw illegal(name);
  return list;
}

function flag(params: Params, name: string): boolean | null {
  const text = params[name];
  if (text === undefined) return null;
  if (text !== 'true' && text !== 'false') throw illegal(name);
  return text === 'true';
}
