import { replaceVersions } from '../../local/kms/state.ts';
import { loadKey } from '../../local/vpc/far-end.ts';
import type { TunnelConfig } from '../../local/vpc/model.ts';
import { configure, openWindow } from '../../local/vpc/window.ts';
import { documentOf } from './scenario.ts';
import type { Site } from './scenario.ts';
import type { Seat, World } from './world.ts';

/** What people do while a run is at work. */
export const ACT_KINDS = [
  /** Somebody gives one tunnel another key in the console, and its far end as well. */
  'tunnel gets a key of its own',
  /** Somebody stores a newer next version; the far ends have its key. */
  'newer next version stored',
  /** Somebody takes KeyturnNext off. */
  'next version withdrawn',
  /** Somebody takes KeyturnHeld off, though the restore may still be under way. */
  'held version cleared',
  /** Somebody moves ACSCurrent to the next version by hand. */
  'next version made current',
  /** Somebody changes a connection that no document names, and the gateway is busy. */
  'bystander changed',
  /** The far end's people say that they are ready. */
  'next version acknowledged',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

export interface Act {
  readonly kind: ActKind;
  /** After the run began. */
  readonly afterSeconds: number;
  /** Counted round, where there are fewer. */
  readonly site: number;
}

/** Lets a person act on the world as it is now. */
export function perform(world: World, act: Act, note: (name: string) => void): void {
  const { sites } = world.scenario;
  const site = sites[act.site % sites.length];
  if (site === undefined) return;
  world.cloud.vpc.events.advance(world.clock.now());
  world.actor = 'person';
  world.acts += 1;
  note(`act: ${act.kind}`);
  ACTS[act.kind](world, site);
  world.actor = null;
}

const ACTS: Readonly<Record<ActKind, (world: World, site: Site) => void>> = {
  'tunnel gets a key of its own': rekeyTunnel,
  'newer next version stored': storeNext,
  'next version withdrawn': (world, site) => each(world, site, 'KeyturnNext', null),
  'held version cleared': (world, site) => each(world, site, 'KeyturnHeld', null),
  'next version made current': makeCurrent,
  'bystander changed': (world) => occupyGateway(world, 'vco-bystander'),
  'next version acknowledged': (world, site) =>
    each(world, site, 'KeyturnNext', 'KeyturnPeerReady'),
};

function each(world: World, site: Site, on: string, to: string | null): void {
  for (const secret of site.secrets) world.relabel(secret, on, to);
}

/** As the console does it: ACSPrevious stays behind. */
function makeCurrent(world: World, site: Site): void {
  if (site.secrets.some((secret) => world.holder(secret, 'KeyturnNext') === null)) return;
  each(world, site, 'ACSCurrent', 'ACSPrevious');
  each(world, site, 'KeyturnNext', 'ACSCurrent');
}

function rekeyTunnel(world: World, site: Site): void {
  const [seat] = world.tunnels(site);
  if (seat === undefined) return;
  const { config } = seat.tunnel;
  const Psk = `example-psk-s${world.options.seed}-${site.index}-person-${world.acts}`;
  if (reconfigure(world, seat, { ...config, ike: { ...config.ike, Psk } })) {
    loadKey(world.cloud.vpc, seat.connection, seat.tunnel, Psk, world.clock.now());
  }
}

/** As in the console: refused while the gateway is busy. */
function reconfigure(world: World, { connection, tunnel }: Seat, config: TunnelConfig): boolean {
  const { cloud } = world;
  const { home } = connection;
  const busy =
    home.kind === 'gateway'
      ? cloud.vpc.gateways.get(home.vpnGatewayId)?.status !== 'active'
      : connection.state === 'updating';
  if (busy) return false;
  configure(cloud.vpc, connection, [{ connection, tunnel, config }], {
    now: world.clock.now(),
    regionId: connection.regionId,
    caller: { accountId: cloud.credentials.accountId, accessKeyId: '', roleName: null },
    requestId: '',
    random: cloud.vpc.random,
    switches: cloud.switches,
    call: 'tunnel',
  });
  return true;
}

function storeNext(world: World, site: Site): void {
  const { options, scenario, cloud, clock } = world;
  const versionId = `person-${world.acts}`;
  const keyOf = ({ index }: Site): string =>
    `example-psk-s${options.seed}-${index}-newer-${world.acts}`;
  // A person keeps what belongs together on one key: all secrets that name these groups.
  const touched = scenario.sites.filter((other) =>
    other.secrets.some((name) => site.secrets.includes(name)),
  );
  for (const name of new Set(touched.flatMap((other) => other.secrets))) {
    const secret = cloud.kms.secrets.get(name);
    if (secret === undefined || secret.versions.length >= 10) return;
    const settings = options.settingsChange;
    const data = JSON.stringify(documentOf(options, scenario.sites, name, { keyOf, settings }));
    const others = secret.versions.map((version) => ({
      ...version,
      labels: version.labels.filter((label) => label !== 'KeyturnNext'),
    }));
    const added = { versionId, data, dataType: 'text', createdAt: clock.now() } as const;
    replaceVersions(secret, [...others, { ...added, labels: ['KeyturnNext'] }], clock.now());
  }
  for (const other of touched) {
    for (const { connection, tunnel } of world.tunnels(other)) {
      const { policy } = tunnel.farEnd;
      if (policy === 'never' || policy === 'follows') continue;
      loadKey(cloud.vpc, connection, tunnel, keyOf(other), clock.now());
    }
  }
}

/** Somebody else's change of a connection on this one's gateway: a busy window, and nothing of ours moves. */
export function occupyGateway(world: World, connectionId: string): void {
  const { cloud, clock } = world;
  const connection = cloud.vpc.connections.get(connectionId);
  if (connection?.home.kind !== 'gateway') return;
  if (cloud.vpc.gateways.get(connection.home.vpnGatewayId)?.status !== 'active') return;
  const lengthMs = cloud.vpc.random.between(3, 20) * 1_000;
  openWindow(cloud.vpc, connection, clock.now(), lengthMs, () => undefined);
}
