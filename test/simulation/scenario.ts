import type { ConnectionFile, FleetFile, TunnelFile } from '../../local/fleet-file.ts';
import { Prng } from '../../local/prng.ts';
import type { Options } from './options.ts';

/** One group: a customer gateway, the connections behind it, and the secrets that name them. */
export interface Site {
  readonly index: number;
  readonly kind: 'dual' | 'single' | 'attachment';
  /** Usually one. */
  readonly secrets: readonly string[];
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
  /** All rotation documents, in order. */
  readonly secrets: readonly string[];
  readonly leaseSecret: string;
}

export const REGION = 'cn-hangzhou';
export const START_MS = Date.UTC(2026, 0, 1);

/** Draws the fleet, its documents and its far ends. */
export function drawScenario(options: Options): Scenario {
  const prng = new Prng(options.seed).fork('scenario');
  const places = placesOf(options);
  const sites = places.map((place, index) => makeSite(options, index, place));
  const connections = sites.flatMap((site, at) =>
    site.connections.map((id) =>
      makeConnection(options, prng, site, { id, gateway: places[at]?.gateway }),
    ),
  );
  const bystanders = Array.from({ length: options.bystanders }, (_, n) => makeBystander(n));
  const secrets = [...new Set(sites.flatMap((site) => site.secrets))];
  return {
    sites,
    secrets,
    leaseSecret: 'keyturn/lease',
    fleet: {
      kmsRegion: REGION,
      regions: [REGION],
      gateways: Array.from({ length: options.gateways }, (_, g) => ({
        id: `vpn-${g}`,
        region: REGION,
      })),
      customerGateways: [...sites.map((site) => site.customerGateway), 'cgw-bystander'].map(
        (id, index) => ({ id, region: REGION, ip: `203.0.113.${index + 1}` }),
      ),
      // Half of the bystanders come first, so that a page ends among the named ones.
      connections: [...bystanders.slice(1), ...connections, ...bystanders.slice(0, 1)],
      secrets: [
        ...secrets.map((name) => secretOf(options, sites, name)),
        {
          name: 'keyturn/lease',
          versions: [{ versionId: 'empty', labels: ['ACSCurrent'], data: '-' }],
        },
      ],
    },
  };
}

interface Place {
  readonly gateway: string | undefined;
  readonly kind: Site['kind'];
  readonly count: number;
}

function placesOf(options: Options): readonly Place[] {
  const { gateways, groupsPerGateway, connectionsPerGroup, singles, attachments } = options;
  const many = (length: number, place: Place): readonly Place[] =>
    Array.from({ length }, () => place);
  return [
    ...Array.from({ length: gateways }, (_, g) =>
      many(groupsPerGateway, { gateway: `vpn-${g}`, kind: 'dual', count: connectionsPerGroup }),
    ).flat(),
    ...many(singles, { gateway: 'vpn-0', kind: 'single', count: 1 }),
    ...many(attachments, { gateway: undefined, kind: 'attachment', count: 1 }),
  ];
}

function makeSite(options: Options, index: number, { kind, count }: Place): Site {
  const key = (generation: string): string => `example-psk-s${options.seed}-${index}-${generation}`;
  const shared = options.layout === 'one-secret-two-groups' && index === 1;
  const own = `vpn/site-${shared ? 0 : index}`;
  const twice = options.layout === 'two-secrets-one-group' && index === 0;
  return {
    index,
    kind,
    secrets: twice ? [own, `${own}-again`] : [own],
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
  place: { readonly id: string; readonly gateway: string | undefined },
): ConnectionFile {
  const tunnel = (suffix: string): TunnelFile => ({
    id: `${place.id}${suffix}`.replace('vco', 'tun'),
    customerGateway: site.customerGateway,
    key: site.liveKey,
    ike: options.settingsChange ? { IkePfs: 'group2' } : {},
    up: !prng.chance(options.downTunnels, 1000),
    farEnd: drawFarEnd(options, prng, site),
  });
  const { id: _id, ...only } = tunnel('');
  return {
    id: place.id,
    region: REGION,
    ...(place.gateway === undefined ? {} : { gateway: place.gateway }),
    tunnels: site.kind === 'single' ? [only] : [tunnel('-a'), tunnel('-b')],
  };
}

/** A far end signs with the last of its keys; one that has both is ready for the change. */
function drawFarEnd(options: Options, prng: Prng, site: Site): NonNullable<TunnelFile['farEnd']> {
  const negotiateMs = prng.between(40, 400);
  const both = [site.liveKey, site.newKey];
  if (prng.chance(options.badFarEnds, 1000)) {
    return { policy: 'never', keys: [site.liveKey], negotiateMs };
  }
  if (prng.chance(options.flappingFarEnds, 1000)) {
    return { policy: 'flaps', keys: both, delayMs: prng.between(60, 900) * 1_000, negotiateMs };
  }
  if (prng.chance(options.slowFarEnds, 1000)) {
    const delayMs = prng.between(1, 60) * 1_000;
    return { policy: 'follows', keys: [site.liveKey], delayMs, negotiateMs };
  }
  return { policy: 'has-it-already', keys: both, negotiateMs };
}

/** A connection that no document names: nothing of it may ever change. */
function makeBystander(index: number): ConnectionFile {
  const key = `example-psk-bystander-${index}`;
  const tunnel = (id: string): TunnelFile => ({ id, customerGateway: 'cgw-bystander', key });
  const name = index === 0 ? 'bystander' : `bystander-${index}`;
  return {
    id: `vco-${name}`,
    region: REGION,
    gateway: 'vpn-0',
    tunnels: [tunnel(`tun-${name}-a`), tunnel(`tun-${name}-b`)],
  };
}

/** Whether a site's documents allow its only path to be cut. */
export function mayInterrupt(options: Options, sites: readonly Site[], site: Site): boolean {
  if (options.allowInterruption) return true;
  if (options.deadEnds) return false;
  const blind = options.switches.keyOnRead !== 'plain';
  const needed = ({ kind }: Site): boolean => kind === 'single' || (kind === 'attachment' && blind);
  return sites.some((other) => needed(other) && other.secrets[0] === site.secrets[0]);
}

/** A rotation document for all sites that a secret names. */
export function documentOf(
  options: Options,
  sites: readonly Site[],
  secret: string,
  version: { readonly keyOf: (site: Site) => string; readonly settings: boolean },
): Readonly<Record<string, unknown>> {
  const mine = sites.filter((site) => site.secrets.includes(secret));
  const [first] = mine;
  return {
    schema: 'keyturn/1',
    targets: mine.flatMap((site) =>
      site.connections.map((VpnConnectionId) => {
        const Psk = version.keyOf(site);
        const place = { RegionId: REGION, VpnConnectionId };
        if (!version.settings) return { ...place, Psk };
        const TunnelIkeConfig = { Psk, IkePfs: 'group14' };
        return { ...place, TunnelOptionsSpecification: { TunnelIkeConfig } };
      }),
    ),
    handover: handoverOf(options),
    proof: { require: options.proof, timeoutSeconds: 120 },
    onFailure: options.onFailure,
    ...(options.groupStrategy === 'in-place' ? {} : { groupStrategy: options.groupStrategy }),
    allowInterruption: first !== undefined && mayInterrupt(options, sites, first),
    ...(options.rotateEveryDays === 0 ? {} : { rotateEveryDays: options.rotateEveryDays }),
  };
}

function handoverOf(options: Options): Readonly<Record<string, unknown>> {
  const { handover: mode } = options;
  switch (mode) {
    case 'stepwise':
      return { mode, followWithinHours: options.followWithinHours };
    case 'scheduled': {
      const notBefore = new Date(START_MS + options.notBeforeMinutes * 60_000).toISOString();
      return { mode, notBefore };
    }
    case 'immediate':
    case 'acknowledged':
      return { mode };
  }
}

function secretOf(
  options: Options,
  sites: readonly Site[],
  name: string,
): FleetFile['secrets'][number] {
  const { settingsChange: settings } = options;
  const document = (keyOf: (site: Site) => string, settings: boolean) =>
    documentOf(options, sites, name, { keyOf, settings });
  const old = document((site) => site.oldKey, false);
  const next = document((site) => site.newKey, settings);
  const [first, second] = options.straightIn
    ? ['ACSPrevious', 'ACSCurrent']
    : ['ACSCurrent', 'KeyturnNext'];
  return {
    name,
    versions: [
      { versionId: 'v1', labels: [first ?? ''], data: old },
      { versionId: 'v2', labels: [second ?? ''], data: next },
    ],
  };
}
