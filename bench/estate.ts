import type { ConnectionFile, FleetFile } from '../local/fleet-file.ts';
import { Prng } from '../local/prng.ts';

/** What an estate looks like; everything that is drawn comes from the seed. */
export interface Shape {
  readonly seed: number;
  /** Two a connection. */
  readonly tunnels: number;
  readonly gateways: number;
  readonly regions: number;
  /** Connections behind each customer gateway of a VPN gateway, in turns. */
  readonly siteSizes: readonly number[];
  /** Bounds of a configuring window, drawn for each change. */
  readonly windowMs: { readonly min: number; readonly max: number };
}

/** One rotation document's subject: a customer gateway on one VPN gateway. */
export interface Site {
  readonly secret: string;
  readonly regionId: string;
  readonly vpnGatewayId: string;
  readonly customerGatewayId: string;
  readonly connections: readonly string[];
  readonly oldKey: string;
  readonly newKey: string;
}

export interface Estate {
  readonly shape: Shape;
  readonly sites: readonly Site[];
  readonly fleet: FleetFile;
}

export const KMS_REGION = 'cn-bench-0';
export const LEASE_SECRET = 'keyturn/lease';

/** Five seconds to two minutes a change: nothing is documented, the provider's own tools wait five minutes. */
export const WINDOW_MS = { min: 5_000, max: 120_000 } as const;

/**
 * Customer gateways with 1, 2, 3 and 4 connections: together the ten connections that a VPN gateway may
 * have, and, at ten VPN gateways a region, under the hundred customer gateways that a region may have.
 */
export const MIXED_SITES: readonly number[] = [1, 2, 3, 4];

/** Tunnels spread evenly over gateways and gateways over regions, all up, with a next version each. */
export function makeEstate(shape: Shape): Estate {
  const prng = new Prng(shape.seed).fork('estate');
  const sites = makeSites(shape);
  const gateways = Array.from({ length: shape.gateways }, (_, number) => ({
    id: gatewayId(number),
    region: regionOf(shape, number),
  }));
  return {
    shape,
    sites,
    fleet: {
      kmsRegion: KMS_REGION,
      regions: Array.from({ length: shape.regions }, (_, number) => `cn-bench-${number}`),
      windowMs: shape.windowMs,
      gateways,
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

const gatewayId = (number: number): string => `vpn-${number}`;
const regionOf = (shape: Shape, gateway: number): string => `cn-bench-${gateway % shape.regions}`;

function makeSites(shape: Shape): readonly Site[] {
  const sites: Site[] = [];
  const connections = shape.tunnels / 2;
  let made = 0;
  for (let gateway = 0; gateway < shape.gateways; gateway += 1) {
    const end = Math.round((connections * (gateway + 1)) / shape.gateways);
    for (let turn = 0; made < end; turn += 1) {
      const wanted = shape.siteSizes[turn % shape.siteSizes.length] ?? 1;
      const size = Math.min(wanted, end - made);
      const number = sites.length;
      sites.push({
        secret: `vpn/site-${String(number).padStart(6, '0')}`,
        regionId: regionOf(shape, gateway),
        vpnGatewayId: gatewayId(gateway),
        customerGatewayId: `cgw-${number}`,
        connections: Array.from({ length: size }, (_, index) => `vco-${made + index}`),
        oldKey: `example-psk-${shape.seed}-${number}-old`,
        newKey: `example-psk-${shape.seed}-${number}-new`,
      });
      made += size;
    }
  }
  return sites;
}

export const tunnelIds = (connectionId: string): readonly [string, string] => [
  connectionId.replace('vco', 'tun-a'),
  connectionId.replace('vco', 'tun-b'),
];

/** The far end has both keys and takes half a second to two seconds to negotiate. */
function connectionsOf(site: Site, prng: Prng): readonly ConnectionFile[] {
  return site.connections.map((id) => ({
    id,
    region: site.regionId,
    gateway: site.vpnGatewayId,
    tunnels: tunnelIds(id).map((tunnelId) => ({
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
    targets: site.connections.map((VpnConnectionId) => ({
      RegionId: site.regionId,
      VpnConnectionId,
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
