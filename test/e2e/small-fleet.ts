/** Two gateways and three connections, quick enough to be rotated dozens of times. */
import type { ConnectionFile, FleetFile } from '../../local/fleet-file.ts';

export const OLD = { alpha: 'example-psk-alpha-old', beta: 'example-psk-beta-old' } as const;
export const NEW = { alpha: 'example-psk-alpha-new', beta: 'example-psk-beta-new' } as const;

type Site = keyof typeof OLD;

export interface Target {
  readonly RegionId: string;
  readonly VpnConnectionId: string;
  readonly [field: string]: unknown;
}

export const REGION = 'cn-hangzhou';
export const LEASE = 'keyturn/lease';

const CONNECTIONS: Readonly<Record<Site, readonly string[]>> = {
  alpha: ['vco-alpha-1', 'vco-alpha-2'],
  beta: ['vco-beta-1'],
};

const GATEWAYS: Readonly<Record<Site, string>> = { alpha: 'vpn-one', beta: 'vpn-two' };

export function smallFleet(): FleetFile {
  return {
    kmsRegion: REGION,
    regions: [REGION, 'cn-shanghai'],
    windowMs: { min: 50, max: 150 },
    gateways: Object.values(GATEWAYS).map((id) => ({ id, region: REGION })),
    customerGateways: [
      { id: 'cgw-alpha', region: REGION, ip: '203.0.113.1' },
      { id: 'cgw-beta', region: REGION, ip: '203.0.113.2' },
    ],
    connections: [...CONNECTIONS.alpha.map(ofAlpha), ...CONNECTIONS.beta.map(ofBeta)],
    secrets: [
      secretOf('alpha', documentOf('alpha', NEW.alpha)),
      secretOf('beta', documentOf('beta', NEW.beta)),
      {
        name: LEASE,
        versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: 'no slot yet' }],
      },
    ],
  };
}

const ofAlpha = (id: string): ConnectionFile => connectionOf('alpha', id);
const ofBeta = (id: string): ConnectionFile => connectionOf('beta', id);

function connectionOf(site: Site, id: string): ConnectionFile {
  const tunnel = (letter: string, role: 'master' | 'slave') => ({
    id: id.replace('vco', 'tun') + letter,
    role,
    customerGateway: `cgw-${site}`,
    key: OLD[site],
    farEnd: { policy: 'follows', delayMs: 10, negotiateMs: 20 } as const,
  });
  return {
    id,
    region: REGION,
    gateway: GATEWAYS[site],
    tunnels: [tunnel('a', 'master'), tunnel('b', 'slave')],
  };
}

/** One key for every tunnel of a site. */
export function documentOf(site: Site, key: string) {
  const targets: readonly Target[] = CONNECTIONS[site].map((VpnConnectionId) => ({
    RegionId: REGION,
    VpnConnectionId,
    Psk: key,
  }));
  return { schema: 'keyturn/1', targets, proof: { timeoutSeconds: 10 } };
}

/** A secret whose current version is what is live and whose next one is `next`. */
export function secretOf(site: Site, next: string | Readonly<Record<string, unknown>>) {
  return {
    name: `vpn/${site}`,
    versions: [
      { versionId: 'v1', labels: ['ACSCurrent'], data: documentOf(site, OLD[site]) },
      { versionId: 'v2', labels: ['KeyturnNext'], data: next },
    ],
  };
}
