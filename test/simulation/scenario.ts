import type { ConnectionFile, FleetFile, TunnelFile } from '../../local/fleet-file.ts';
import { Prng } from '../../local/prng.ts';
import type { Options } from './options.ts';

/** One rotation document's subject: a customer gateway and the connections behind it. */
export interface Site {
  readonly secret: string;
  readonly customerGateway: string;
  readonly connections: readonly string[];
  readonly oldKey: string;
  readonly newKey: string;
  /** What the tunnels really have at the start; not the old key where versions do not know it. */
  readonly liveKey: string;
}

export interface Scenario {
  readonly fleet: FleetFile;
  readonly sites: readonly Site[];
  readonly leaseSecret: string;
}

export const REGION = 'cn-hangzhou';

/** Draws the fleet, its documents and its far ends. */
export function drawScenario(options: Options): Scenario {
  const prng = new Prng(options.seed).fork('scenario');
  const sites: Site[] = [];
  const connections: ConnectionFile[] = [];
  const gateways: FleetFile['gateways'][number][] = [];
  const add = (gateway: string | undefined, count: number, kind: 'dual' | 'single'): void => {
    const site = makeSite(options, sites.length, count);
    sites.push(site);
    for (const id of site.connections) {
      connections.push(makeConnection(options, prng, site, { id, gateway, kind }));
    }
  };
  for (let g = 0; g < options.gateways; g += 1) {
    const id = `vpn-${g}`;
    gateways.push({ id, region: REGION });
    for (let n = 0; n < options.groupsPerGateway; n += 1)
      add(id, options.connectionsPerGroup, 'dual');
  }
  for (let n = 0; n < options.singles; n += 1) add('vpn-0', 1, 'single');
  for (let n = 0; n < options.attachments; n += 1) add(undefined, 1, 'dual');
  const bystander = makeBystander(sites.length);
  return {
    sites,
    leaseSecret: 'keyturn/lease',
    fleet: {
      kmsRegion: REGION,
      regions: [REGION],
      gateways,
      customerGateways: [...sites.map((site) => site.customerGateway), 'cgw-bystander'].map(
        (id, index) => ({ id, region: REGION, ip: `203.0.113.${index + 1}` }),
      ),
      connections: [...connections, bystander],
      secrets: [
        ...sites.map((site) => secretOf(options, site)),
        {
          name: 'keyturn/lease',
          versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: '-' }],
        },
      ],
    },
  };
}

function makeSite(options: Options, index: number, count: number): Site {
  const key = (generation: string): string => `example-psk-s${options.seed}-${index}-${generation}`;
  return {
    secret: `vpn/site-${index}`,
    customerGateway: `cgw-${index}`,
    connections: Array.from({ length: count }, (_, n) => `vco-${index}-${n}`),
    oldKey: key('old'),
    newKey: key('new'),
    liveKey: key(options.unversionedKeys ? 'live' : 'old'),
  };
}

function makeConnection(
  options: Options,
  prng: Prng,
  site: Site,
  place: {
    readonly id: string;
    readonly gateway: string | undefined;
    readonly kind: 'dual' | 'single';
  },
): ConnectionFile {
  const tunnel = (suffix: string): TunnelFile => ({
    id: `${place.id}${suffix}`.replace('vco', 'tun'),
    customerGateway: site.customerGateway,
    key: site.liveKey,
    ike: options.settingsChange ? { IkePfs: 'group2' } : {},
    farEnd: drawFarEnd(options, prng, site),
  });
  const { id: _id, ...only } = tunnel('');
  return {
    id: place.id,
    region: REGION,
    ...(place.gateway === undefined ? {} : { gateway: place.gateway }),
    tunnels: place.kind === 'single' ? [only] : [tunnel('-a'), tunnel('-b')],
  };
}

/** A far end signs with the last of its keys; one that has both is ready for the change. */
function drawFarEnd(options: Options, prng: Prng, site: Site): NonNullable<TunnelFile['farEnd']> {
  const negotiateMs = prng.between(40, 400);
  if (prng.chance(options.badFarEnds, 1000)) {
    return { policy: 'never', keys: [site.liveKey], negotiateMs };
  }
  if (prng.chance(options.slowFarEnds, 1000)) {
    const delayMs = prng.between(1, 60) * 1_000;
    return { policy: 'follows', keys: [site.liveKey], delayMs, negotiateMs };
  }
  return { policy: 'has-it-already', keys: [site.liveKey, site.newKey], negotiateMs };
}

/** A connection that no document names: nothing of it may ever change. */
function makeBystander(index: number): ConnectionFile {
  const key = `example-psk-bystander-${index}`;
  const tunnel = (id: string): TunnelFile => ({ id, customerGateway: 'cgw-bystander', key });
  return {
    id: 'vco-bystander',
    region: REGION,
    gateway: 'vpn-0',
    tunnels: [tunnel('tun-bystander-a'), tunnel('tun-bystander-b')],
  };
}

function secretOf(options: Options, site: Site): FleetFile['secrets'][number] {
  const document = (key: string, settings: boolean): Readonly<Record<string, unknown>> => ({
    schema: 'keyturn/1',
    targets: site.connections.map((VpnConnectionId) =>
      settings
        ? {
            RegionId: REGION,
            VpnConnectionId,
            TunnelOptionsSpecification: { TunnelIkeConfig: { Psk: key, IkePfs: 'group14' } },
          }
        : { RegionId: REGION, VpnConnectionId, Psk: key },
    ),
    handover:
      options.handover === 'stepwise'
        ? { mode: 'stepwise', followWithinHours: 720 }
        : { mode: options.handover },
    proof: { require: options.proof, timeoutSeconds: 120 },
    allowInterruption: options.allowInterruption,
  });
  const old = document(site.oldKey, false);
  const next = document(site.newKey, options.settingsChange);
  return {
    name: site.secret,
    versions: options.straightIn
      ? [
          { versionId: 'v1', labels: ['ACSPrevious'], data: old },
          { versionId: 'v2', labels: ['ACSCurrent'], data: next },
        ]
      : [
          { versionId: 'v1', labels: ['ACSCurrent'], data: old },
          { versionId: 'v2', labels: ['KeyturnNext'], data: next },
        ],
  };
}
