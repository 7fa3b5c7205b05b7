/**
 * A fleet worth looking at: three regions, all three kinds of connection, groups with several members, a
 * gateway that is busy when the story begins, a tunnel that is down, and a far end that is not ready.
 */
import type { ConnectionFile, FleetFile, TunnelFile } from './fleet-file.ts';

type Secret = FleetFile['secrets'][number];

interface Site {
  /** Names the site's customer gateway, its secret and its keys. */
  readonly name: string;
  readonly region: string;
  /** Left out: transit-router attachments. */
  readonly gateway?: string;
  readonly ip: string;
  readonly connections: number;
  readonly kind?: 'dual' | 'single';
  /** Settings that change with the key, in the document's form. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly slaveDown?: boolean;
  readonly bgp?: boolean;
}

const SITES: readonly Site[] = [
  {
    name: 'shanghai-office',
    region: 'cn-hangzhou',
    gateway: 'vpn-hz-1',
    ip: '203.0.113.11',
    connections: 2,
  },
  {
    name: 'suzhou-plant',
    region: 'cn-hangzhou',
    gateway: 'vpn-hz-1',
    ip: '203.0.113.12',
    connections: 1,
  },
  {
    name: 'ningbo-port',
    region: 'cn-hangzhou',
    gateway: 'vpn-hz-2',
    ip: '203.0.113.13',
    connections: 1,
    settings: {
      TunnelIkeConfig: { IkePfs: 'group14', IkeAuthAlg: 'sha256' },
      TunnelIpsecConfig: { IpsecPfs: 'group14' },
    },
  },
  {
    name: 'wuxi-lab',
    region: 'cn-hangzhou',
    gateway: 'vpn-hz-2',
    ip: '203.0.113.14',
    connections: 2,
  },
  {
    name: 'hangzhou-dc',
    region: 'cn-hangzhou',
    gateway: 'vpn-hz-3',
    ip: '203.0.113.15',
    connections: 3,
  },
  {
    name: 'berlin-office',
    region: 'eu-central-1',
    gateway: 'vpn-fra-1',
    ip: '198.51.100.21',
    connections: 1,
    slaveDown: true,
    options: { allowInterruption: true },
  },
  {
    name: 'paris-office',
    region: 'eu-central-1',
    gateway: 'vpn-fra-1',
    ip: '198.51.100.22',
    connections: 2,
    bgp: true,
  },
  {
    name: 'milan-partner',
    region: 'eu-central-1',
    gateway: 'vpn-fra-2',
    ip: '198.51.100.23',
    connections: 1,
    options: { handover: { mode: 'acknowledged' } },
  },
  { name: 'london-dc', region: 'eu-central-1', ip: '198.51.100.24', connections: 2 },
  {
    name: 'singapore-dc',
    region: 'ap-southeast-1',
    gateway: 'vpn-sin-1',
    ip: '192.0.2.31',
    connections: 2,
  },
  {
    name: 'jakarta-plant',
    region: 'ap-southeast-1',
    gateway: 'vpn-sin-2',
    ip: '192.0.2.32',
    connections: 1,
  },
  {
    name: 'manila-branch',
    region: 'ap-southeast-1',
    gateway: 'vpn-sin-2',
    ip: '192.0.2.33',
    connections: 1,
    kind: 'single',
    options: { allowInterruption: true },
  },
  {
    name: 'hanoi-branch',
    region: 'ap-southeast-1',
    gateway: 'vpn-sin-1',
    ip: '192.0.2.34',
    connections: 1,
    kind: 'single',
    options: { allowInterruption: true },
  },
  { name: 'sydney-dc', region: 'ap-southeast-1', ip: '192.0.2.35', connections: 1 },
];

/** Sites whose rotation the sample means to end otherwise than converged, and the reason it gives. */
export const SAMPLE_EXCEPTIONS: Readonly<Record<string, string>> = {
  'cgw-milan-partner': 'peer-not-ready',
};

const BUSY_GATEWAY = 'vpn-hz-2';

export function sampleFleet(): FleetFile {
  const gateways = new Map<string, string>();
  for (const { gateway, region } of SITES) if (gateway !== undefined) gateways.set(gateway, region);
  return {
    kmsRegion: 'cn-hangzhou',
    regions: ['cn-hangzhou', 'eu-central-1', 'ap-southeast-1'],
    windowMs: { min: 400, max: 1_200 },
    gateways: [...gateways].map(([id, region]) => ({
      id,
      region,
      ...(id === BUSY_GATEWAY ? { busyMs: 4_000 } : {}),
    })),
    customerGateways: SITES.map(({ name, region, ip }) => ({
      id: `cgw-${name}`,
      region,
      ip,
      name,
      asn: 65_010,
    })),
    connections: SITES.flatMap(connectionsOf),
    secrets: [
      ...SITES.map(secretOf),
      {
        name: 'keyturn/lease',
        versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: 'no slot yet' }],
      },
    ],
  };
}

const keyOf = (site: Site, generation: 'old' | 'new'): string =>
  `example-psk-${site.name}-${generation}-0000000001`;

const connectionId = (site: Site, number: number): string => `vco-${site.name}-${number}`;

function connectionsOf(site: Site, siteNumber: number): readonly ConnectionFile[] {
  return Array.from({ length: site.connections }, (_, index): ConnectionFile => {
    const id = connectionId(site, index + 1);
    const master = tunnelOf(site, `tun-${site.name}-${index + 1}a`, 'master');
    const slave = tunnelOf(site, `tun-${site.name}-${index + 1}b`, 'slave');
    const { id: _id, ...only } = master;
    const block = 11 + siteNumber * 4 + index;
    return {
      id,
      region: site.region,
      name: `${site.name}-${index + 1}`,
      ...(site.gateway === undefined ? {} : { gateway: site.gateway }),
      localSubnets: [`10.${siteNumber}.${index}.0/24`],
      remoteSubnets: [`172.20.${siteNumber * 8 + index}.0/24`],
      ...(site.bgp === true
        ? { bgpCidrs: [`169.254.${block}.0/30`, `169.254.${block}.4/30`] }
        : {}),
      tunnels: site.kind === 'single' ? [only] : [master, slave],
    };
  });
}

function tunnelOf(site: Site, id: string, role: 'master' | 'slave'): TunnelFile {
  const down = site.slaveDown === true && role === 'slave';
  const weak = site.settings === undefined ? {} : { IkePfs: 'group2', IkeAuthAlg: 'sha1' };
  return {
    id,
    role,
    customerGateway: `cgw-${site.name}`,
    key: keyOf(site, 'old'),
    ike: weak,
    ...(site.settings === undefined ? {} : { ipsec: { IpsecPfs: 'group2' } }),
    up: !down,
    farEnd: {
      keys: down
        ? [`example-psk-${site.name}-device-is-off`]
        : [keyOf(site, 'old'), keyOf(site, 'new')],
      negotiateMs: 120,
    },
  };
}

function secretOf(site: Site): Secret {
  const document = (generation: 'old' | 'new'): Readonly<Record<string, unknown>> => ({
    schema: 'keyturn/1',
    targets: Array.from({ length: site.connections }, (_, index) =>
      targetOf(site, connectionId(site, index + 1), generation),
    ),
    ...site.options,
    rotateEveryDays: 90,
  });
  return {
    name: `vpn/${site.name}`,
    versions: [
      { versionId: 'v1', labels: ['ACSCurrent'], data: document('old') },
      { versionId: 'v2', labels: ['KeyturnNext'], data: document('new') },
    ],
  };
}

function targetOf(
  site: Site,
  id: string,
  generation: 'old' | 'new',
): Readonly<Record<string, unknown>> {
  const target = { RegionId: site.region, VpnConnectionId: id };
  const Psk = keyOf(site, generation);
  if (site.settings === undefined || generation === 'old') return { ...target, Psk };
  const { TunnelIkeConfig, ...rest } = site.settings;
  return {
    ...target,
    TunnelOptionsSpecification: { TunnelIkeConfig: { ...TunnelIkeConfig, Psk }, ...rest },
  };
}
