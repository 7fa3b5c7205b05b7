import type { ConnectionFile, FleetFile } from '../local/fleet-file.ts';
import { Prng } from '../local/prng.ts';

/** What an estate looks like; everything that is drawn comes from the seed. */
export interface Shape {
  readonly seed: number;
  readonly regions: number;
  readonly gateways: number;
  /** Two tunnels each. */
  readonly connectionsPerGateway: number;
  /**
   * Who is at the far ends. `mesh`: as many sites as a gateway has connections, each connected once to every
   * gateway of the region (of fifty, where a region has more). Numbers: sites that know one gateway alone,
   * with so many connections, in turns.
   */
  readonly sites: 'mesh' | readonly number[];
  /** Bounds of a configuring window, drawn for each change. */
  readonly windowMs: { readonly min: number; readonly max: number };
}

export interface Link {
  readonly vpnConnectionId: string;
  readonly vpnGatewayId: string;
}

/** One rotation document's subject: a customer gateway. */
export interface Site {
  readonly secret: string;
  readonly regionId: string;
  readonly customerGatewayId: string;
  readonly links: readonly Link[];
  readonly oldKey: string;
  readonly newKey: string;
}

export interface Estate {
  readonly shape: Shape;
  readonly sites: readonly Site[];
  readonly tunnels: number;
  readonly fleet: FleetFile;
}

export const KMS_REGION = 'cn-bench-0';
export const LEASE_SECRET = 'keyturn/lease';

/** Five seconds to two minutes a change: nothing is documented, the provider's own tools wait five minutes. */
export const WINDOW_MS = { min: 5_000, max: 120_000 } as const;

/**
 * Far ends with 1, 2, 3 and 4 connections: together the ten connections that a VPN gateway may have, and, at
 * up to 25 VPN gateways a region, no more than the hundred customer gateways that a region may have (quotas
 * page, read November 2026).
 */
export const MIXED_SITES: readonly number[] = [1, 2, 3, 4];

/** Gateways spread evenly over regions, every tunnel up, and a next version in every document. */
export function makeEstate(shape: Shape): Estate {
  const prng = new Prng(shape.seed).fork('estate');
  const sites = makeSites(shape);
  return {
    shape,
    sites,
    tunnels: 2 * shape.gateways * shape.connectionsPerGateway,
    fleet: {
      kmsRegion: KMS_REGION,
      regions: Array.from({ length: shape.regions }, (_, number) => `cn-bench-${number}`),
      windowMs: shape.windowMs,
      gateways: gatewaysOf(shape),
      customerGateways: sites.map((site, index) => ({
        id: site.customerGatewayId,
        region: site.regionId,
        ip: `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
      })),
      connections: sites.flatMap((site) => connectionsOf(site, prng)),
      secrets: [
        ...sites.map(secretOf),
        {
          name: LEASE_SECRET,
          versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: '-' }],
        },
      ],
    },
  };
}

function gatewaysOf({ gateways, regions }: Shape): FleetFile['gateways'] {
  return Array.from({ length: gateways }, (_, number) => ({
    id: `vpn-${number}`,
    region: `cn-bench-${number % regions}`,
  }));
}

/** The links of each site, by the region that it is in. */
function makeSites(shape: Shape): readonly Site[] {
  const sites = new Map<string, { readonly regionId: string; readonly links: Link[] }>();
  let made = 0;
  for (const [index, { id: vpnGatewayId, region: regionId }] of gatewaysOf(shape).entries()) {
    const cluster = `${regionId}/${Math.floor(index / shape.regions / MESH_GATEWAYS)}`;
    for (const site of sitesAt(shape, { vpnGatewayId, cluster })) {
      const found = sites.get(site) ?? { regionId, links: [] };
      found.links.push({ vpnConnectionId: `vco-${made}`, vpnGatewayId });
      sites.set(site, found);
      made += 1;
    }
  }
  return [...sites.values()].map(({ regionId, links }, number) => ({
    secret: `vpn/site-${String(number).padStart(6, '0')}`,
    regionId,
    customerGatewayId: `cgw-${number}`,
    links,
    oldKey: `example-psk-${shape.seed}-${number}-old`,
    newKey: `example-psk-${shape.seed}-${number}-new`,
  }));
}

/** Gateways of one site of a mesh; KMS takes 30,720 bytes of secret data, which is some 200 targets. */
const MESH_GATEWAYS = 50;

/** Which site each connection of a gateway leads to. */
function sitesAt(
  { connectionsPerGateway, sites }: Shape,
  place: { readonly vpnGatewayId: string; readonly cluster: string },
): readonly string[] {
  const numbers = Array.from({ length: connectionsPerGateway }, (_, number) => number);
  if (sites === 'mesh') return numbers.map((number) => `${place.cluster}/${number}`);
  const owners = sites.flatMap((size, turn) => Array.from({ length: size }, () => turn));
  return numbers.map((number) => {
    const round = Math.floor(number / owners.length);
    return `${place.vpnGatewayId}/${round}/${owners[number % owners.length]}`;
  });
}

/** The first is the master. */
export const tunnelIds = (connectionId: string): readonly [string, string] => [
  connectionId.replace('vco', 'tun-a'),
  connectionId.replace('vco', 'tun-b'),
];

/** The far end has both keys and takes half a second to two seconds to negotiate. */
function connectionsOf(site: Site, prng: Prng): readonly ConnectionFile[] {
  return site.links.map(({ vpnConnectionId, vpnGatewayId }) => ({
    id: vpnConnectionId,
    region: site.regionId,
    gateway: vpnGatewayId,
    tunnels: tunnelIds(vpnConnectionId).map((tunnelId) => ({
      id: tunnelId,
      customerGateway: site.customerGatewayId,
      key: site.oldKey,
      farEnd: {
        policy: 'has-it-already' as const,
        keys: [site.oldKey, site.newKey],
        negotiateMs: prng.between(500, 2_000),
      },
    })),
  }));
}

function secretOf(site: Site): FleetFile['secrets'][number] {
  const document = (key: string) => ({
    schema: 'keyturn/1',
    targets: site.links.map(({ vpnConnectionId }) => ({
      RegionId: site.regionId,
      VpnConnectionId: vpnConnectionId,
      Psk: key,
    })),
  });
  return {
    name: site.secret,
    versions: [
      { versionId: 'v1', labels: ['ACSCurrent'], data: document(site.oldKey) },
      { versionId: 'v2', labels: ['KeyturnNext'], data: document(site.newKey) },
    ],
  };
}
