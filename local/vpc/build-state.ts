/** Turns a fleet file into the running state of the VPC service. */
import type { ConnectionFile, FleetFile, TunnelFile } from '../fleet-file.ts';
import { EventQueue } from '../event-queue.ts';
import type { Prng } from '../prng.ts';
import { startFlapping } from './far-end.ts';
import type {
  BgpConfig,
  Connection,
  CustomerGateway,
  Tunnel,
  TunnelConfig,
  VpcState,
  VpnGateway,
} from './model.ts';
import { startLifetime } from './negotiation.ts';
import { ShapeCache } from './shape-cache.ts';
import { openWindow } from './window.ts';

const NO_BGP: BgpConfig = {
  LocalAsn: 0,
  LocalBgpIp: '',
  PeerAsn: 0,
  PeerBgpIp: '',
  TunnelCidr: '',
  AuthKey: '',
};

export function buildVpcState(
  file: FleetFile,
  options: { readonly accountId: string; readonly random: Prng; readonly now: number },
): VpcState {
  const { now } = options;
  const gateways = makeGateways(file, now);
  const customerGateways = makeCustomerGateways(file, now);
  const connections = new Map(
    file.connections.map((item, index) => [
      item.id,
      makeConnection({ gateways, customerGateways }, item, { index, now }),
    ]),
  );
  const state: VpcState = {
    accountId: options.accountId,
    regionIds: file.regions,
    bgpRegionIds: file.regions,
    gateways,
    customerGateways,
    connections,
    gatewaysByRegion: grouped(gateways.values(), (item) => item.regionId),
    connectionsByRegion: grouped(connections.values(), (item) => item.regionId),
    connectionsByGateway: grouped(connections.values(), ({ home }) =>
      home.kind === 'gateway' ? home.vpnGatewayId : null,
    ),
    shapes: new ShapeCache(),
    windowMs: file.windowMs ?? null,
    windows: new Map(),
    stuck: new Set(),
    events: new EventQueue(),
    random: options.random,
    observers: [],
  };
  begin(state, file, now);
  return state;
}

/** What is under way when the story begins. */
function begin(state: VpcState, file: FleetFile, now: number): void {
  for (const { id, busyMs } of file.gateways) {
    if (busyMs === undefined) continue;
    const home = { kind: 'gateway', vpnGatewayId: id } as const;
    openWindow(state, { home, vpnConnectionId: '', state: '' }, now, busyMs, () => undefined);
  }
  for (const connection of state.connections.values()) {
    for (const tunnel of connection.tunnels) {
      if (tunnel.session.status === 'ipsec_sa_established') {
        startLifetime(state, connection, tunnel, now);
      }
      if (tunnel.farEnd.policy === 'flaps') startFlapping(state, connection, tunnel, now);
    }
  }
}

/** Without those whose key is null. */
function grouped<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | null,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function makeGateways(file: FleetFile, now: number): ReadonlyMap<string, VpnGateway> {
  return new Map(
    file.gateways.map((item, index) => [
      item.id,
      {
        vpnGatewayId: item.id,
        regionId: item.region,
        name: item.name ?? item.id,
        internetIp: `${block(98, index)}.10`,
        disasterRecoveryInternetIp: `${block(98, index)}.20`,
        vpcId: `vpc-${item.id}`,
        vpnType: item.shangMi === true ? 'NationalStandard' : 'Normal',
        createdAt: now,
        status: 'active',
        businessStatus: item.financialLocked === true ? 'FinancialLocked' : 'Normal',
        routes: [],
        unsupported: {},
      },
    ]),
  );
}

function makeCustomerGateways(file: FleetFile, now: number): Map<string, CustomerGateway> {
  return new Map(
    file.customerGateways.map((item) => [
      item.id,
      {
        customerGatewayId: item.id,
        regionId: item.region,
        name: item.name ?? item.id,
        description: '',
        ipAddress: item.ip,
        asn: item.asn ?? null,
        authKey: '',
        createdAt: now,
      },
    ]),
  );
}

interface Gateways {
  readonly gateways: ReadonlyMap<string, VpnGateway>;
  readonly customerGateways: ReadonlyMap<string, CustomerGateway>;
}

function makeConnection(
  known: Gateways,
  item: ConnectionFile,
  place: { readonly index: number; readonly now: number },
): Connection {
  const { index, now } = place;
  const attachment = item.gateway === undefined;
  return {
    vpnConnectionId: item.id,
    regionId: item.region,
    home: attachment
      ? { kind: 'attachment', transitRouterId: `tr-${item.region}` }
      : { kind: 'gateway', vpnGatewayId: item.gateway },
    dual: item.tunnels.length === 2,
    createdAt: now,
    name: item.name ?? item.id,
    state: attachment ? 'attached' : 'active',
    localSubnets: item.localSubnets ?? [`10.${index % 250}.0.0/16`],
    remoteSubnets: item.remoteSubnets ?? [`172.16.${index % 250}.0/24`],
    effectImmediately: item.effectImmediately ?? true,
    autoConfigRoute: true,
    bgpEnabled: item.bgpCidrs !== undefined,
    tunnels: item.tunnels.map((tunnel, number) =>
      makeTunnel(known, item, tunnel, { number, index, now }),
    ),
  };
}

/** Addresses that no two of these share: as many as a fleet has. */
const block = (base: number, index: number): string =>
  `47.${base + Math.floor(index / 256)}.${index % 256}`;

/** The two addresses of a VPN gateway are those of its tunnels; an attachment has its own. */
function addressOf(
  { gateways }: Gateways,
  { gateway: id }: ConnectionFile,
  { number, index }: { readonly number: number; readonly index: number },
): string {
  const gateway = id === undefined ? undefined : gateways.get(id);
  const address = number === 0 ? gateway?.internetIp : gateway?.disasterRecoveryInternetIp;
  return address ?? `${block(120, index)}.${number + 1}`;
}

function makeTunnel(
  known: Gateways,
  connection: ConnectionFile,
  file: TunnelFile,
  place: { readonly number: number; readonly index: number; readonly now: number },
): Tunnel {
  const { number, now } = place;
  const status = file.up === false ? 'ike_sa_not_established' : 'ipsec_sa_established';
  const internetIp = addressOf(known, connection, place);
  const config = makeConfig(known.customerGateways, connection, file, number, internetIp);
  const { farEnd } = file;
  return {
    tunnelId: file.id ?? '',
    role: file.role ?? (number === 0 ? 'master' : 'slave'),
    index: number === 0 ? 1 : 2,
    zoneNo: `${connection.region}-${number === 0 ? 'h' : 'i'}`,
    internetIp,
    state: 'active',
    config,
    session: {
      status,
      history: [{ at: now, status }],
      loaded: config,
      generation: 0,
      ikeSaNumber: 1,
      failure: null,
      failedAttempts: 0,
      logs: [],
    },
    farEnd: {
      policy: farEnd?.policy ?? 'has-it-already',
      keys: farEnd?.keys ?? [file.key],
      settings: farEnd?.settings ?? {},
      delayMs: farEnd?.delayMs ?? 1_000,
      negotiateMs: farEnd?.negotiateMs ?? 200,
      initiates: farEnd?.initiates ?? true,
    },
  };
}

function makeConfig(
  customerGateways: ReadonlyMap<string, CustomerGateway>,
  connection: ConnectionFile,
  file: TunnelFile,
  number: number,
  internetIp: string,
): TunnelConfig {
  const remote = customerGateways.get(file.customerGateway);
  const cidr = connection.bgpCidrs?.[number];
  return {
    ike: {
      Psk: file.key,
      IkeVersion: 'ikev2',
      IkeMode: 'main',
      IkeEncAlg: 'aes256',
      IkeAuthAlg: 'sha256',
      IkePfs: 'group14',
      IkeLifetime: 86_400,
      LocalId: internetIp,
      RemoteId: remote?.ipAddress ?? '',
      ...file.ike,
    },
    ipsec: {
      IpsecEncAlg: 'aes256',
      IpsecAuthAlg: 'sha256',
      IpsecPfs: 'group14',
      IpsecLifetime: 86_400,
      ...file.ipsec,
    },
    bgp: cidr === undefined ? NO_BGP : bgpOf(cidr, remote?.asn ?? 65_000),
    dpd: true,
    natTraversal: true,
    customerGatewayId: file.customerGateway,
    remoteCaCertificate: '',
  };
}

/** The first two addresses of the /30: ours, then the peer's. */
function bgpOf(cidr: string, peerAsn: number): BgpConfig {
  const base = cidr.split('/')[0] ?? '';
  const [a, b, c, d] = base.split('.').map(Number);
  const address = (offset: number): string => `${a}.${b}.${c}.${(d ?? 0) + offset}`;
  return {
    LocalAsn: 45_104,
    LocalBgpIp: address(1),
    PeerAsn: peerAsn,
    PeerBgpIp: address(2),
    TunnelCidr: cidr,
    AuthKey: '',
  };
}
