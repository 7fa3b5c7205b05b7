/** Six gateways with a site each, and twenty-two tunnels: a run of more than twenty steps, in seconds. */
import type { ConnectionFile, FleetFile, TunnelFile } from '../../local/fleet-file.ts';
import type { LocalCloud } from '../../local/server.ts';
import { keysOf } from './harness.ts';

const REGION = 'cn-hangzhou';

/** How many connections each site has behind its gateway; the smallest is a run's canary. */
const CONNECTIONS = { first: 1, a: 2, b: 2, c: 2, d: 2, late: 2 } as const;
export type Site = keyof typeof CONNECTIONS;
export const SITES = Object.keys(CONNECTIONS).sort() as Site[];
/** The site whose last tunnel decides whether its rotation goes well, and whose key somebody set by hand. */
export const LATE: Site = 'late';
export const LAST_MASTER = { connection: 'vco-late-2', tunnel: 'tun-late-2a' } as const;

const OLD_KEY = 'example-psk-old';
const KEY_BY_HAND = 'example-psk-by-hand';

export const oldKeyOf = (site: Site): string => (site === LATE ? KEY_BY_HAND : OLD_KEY);
export const newKeyOf = (site: Site): string => `example-psk-${site}-new`;

/** `lateKnowsKey` false: the far end of the late site's last master never takes the next key. */
export function wideFleet(options: { readonly lateKnowsKey: boolean }): FleetFile {
  return {
    kmsRegion: REGION,
    regions: [REGION],
    windowMs: { min: 10, max: 30 },
    gateways: SITES.map((site) => ({ id: `vpn-${site}`, region: REGION })),
    customerGateways: SITES.map((site, index) => ({
      id: `cgw-${site}`,
      region: REGION,
      ip: `203.0.113.${index + 1}`,
    })),
    connections: SITES.flatMap((site) =>
      idsOf(site).map((id) => connectionOf(site, id, options.lateKnowsKey)),
    ),
    secrets: SITES.map((site) => ({
      name: `vpn/${site}`,
      versions: [
        { versionId: 'v1', labels: ['ACSCurrent'], data: documentOf(site, OLD_KEY, options) },
        {
          versionId: 'v2',
          labels: ['KeyturnNext'],
          data: documentOf(site, newKeyOf(site), options),
        },
      ],
    })),
  };
}

function idsOf(site: Site): readonly string[] {
  return Array.from({ length: CONNECTIONS[site] }, (_, index) => `vco-${site}-${index + 1}`);
}

function connectionOf(site: Site, id: string, lateKnowsKey: boolean): ConnectionFile {
  const tunnel = (letter: string, role: 'master' | 'slave'): TunnelFile => {
    const tunnelId = id.replace('vco', 'tun') + letter;
    const deaf = tunnelId === LAST_MASTER.tunnel && !lateKnowsKey;
    return {
      id: tunnelId,
      role,
      customerGateway: `cgw-${site}`,
      key: oldKeyOf(site),
      farEnd: deaf
        ? { policy: 'never', keys: [oldKeyOf(site)], negotiateMs: 10 }
        : { policy: 'follows', delayMs: 5, negotiateMs: 10 },
    };
  };
  return {
    id,
    region: REGION,
    gateway: `vpn-${site}`,
    tunnels: [tunnel('a', 'master'), tunnel('b', 'slave')],
  };
}

/** A proof is waited for in vain only where the far end never takes the key: there it is not for long. */
function documentOf(site: Site, key: string, { lateKnowsKey }: { readonly lateKnowsKey: boolean }) {
  return {
    schema: 'keyturn/1',
    targets: idsOf(site).map((VpnConnectionId) => ({
      RegionId: REGION,
      VpnConnectionId,
      Psk: key,
    })),
    proof: { timeoutSeconds: site === LATE && !lateKnowsKey ? 2 : 60 },
  };
}

/** The keys on the tunnels of a site; one, unless it is half new and half old. */
export function keysOfSite(local: LocalCloud, site: Site): ReadonlySet<string> {
  const own = Object.entries(keysOf(local)).filter(([tunnel]) => tunnel.startsWith(`vco-${site}-`));
  return new Set(own.map(([, key]) => key));
}
