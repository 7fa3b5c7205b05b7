import { spentMs } from './rate.ts';
import { RATES } from './rates.ts';
import { durationMs } from './units.ts';
import type { DurationMs } from './units.ts';

/** A document as far as cutting needs it. */
export interface ShardDocument {
  readonly name: string;
  /** Connections that any version of it in force names: `region/connection`. */
  readonly connections: readonly string[];
  /** It has a next version: there is probably something to do. */
  readonly hasNext: boolean;
}

/** A connection as far as cutting needs it. */
export interface ShardConnection {
  readonly regionId: string;
  /** `region/connection`. */
  readonly name: string;
  /** What the service locks: the VPN gateway, or the attachment. */
  readonly laneId: string;
  /** `region/customer gateway`, of each of its tunnels. */
  readonly customerGateways: readonly string[];
  readonly tunnels: number;
}

/** Documents that one invocation works off, and how much of each region's tunnels they are. */
export interface ShardCut {
  readonly names: readonly string[];
  readonly tunnels: ReadonlyMap<string, number>;
}

export interface FleetCut {
  /**
   * Each the smallest thing that can be tried alone: a document, with those that name a group of its. The
   * likeliest to have something to do comes first.
   */
  readonly canaries: readonly ShardCut[];
  /** Everything, longest first. */
  readonly shards: readonly ShardCut[];
}

export interface CutLimits {
  /** Shards that shall work at the same time. Exceeded only where names would not fit into an event. */
  readonly shardsMax: number;
  /** Bytes of one event that names may take. */
  readonly namesBytesMax: number;
  /**
   * A region that has more tunnels gets another shard. Each looks at the region for itself and has a fixed
   * part of its writes, so fewer are faster; the report of one has to fit into what a task may give back.
   */
  readonly tunnelsEach: number;
  readonly canariesMax: number;
}

export const CUT_LIMITS = {
  shardsMax: 100,
  // An asynchronous event has at most 128 KB; 8 KB are for what stands around the names.
  namesBytesMax: 120 * 1024,
  // Some 600 bytes of report each, and Function Compute keeps 1 MB.
  tunnelsEach: 1_000,
  canariesMax: 8,
} as const satisfies CutLimits;

interface Component extends ShardCut {
  readonly hasNext: boolean;
  readonly size: number;
  readonly bytes: number;
  /** Where most of its tunnels are: shards of one region read that region alone. */
  readonly home: string;
}

/**
 * Cuts a fleet into shards: whatever touches one VPN gateway, one attachment or one customer gateway stays
 * together, and what is left to choose is spread evenly, longest first. Depends on documents and topology
 * alone, not on what is done already, so that a dispatcher that begins again cuts the same shards.
 */
export function cutFleet(
  documents: readonly ShardDocument[],
  connections: readonly ShardConnection[],
  limits: CutLimits = CUT_LIMITS,
): FleetCut {
  const components = componentsOf(documents, connections, ({ laneId, customerGateways }) => [
    `lane ${laneId}`,
    ...customerGateways.map((id) => `customer gateway ${id}`),
  ]);
  // Alone at work, a canary leaves out what merely shares its gateway; what could contradict it comes along.
  const groups = componentsOf(documents, connections, ({ name, laneId, customerGateways }) => [
    `connection ${name}`,
    ...customerGateways.map((id) => `group ${laneId} ${id}`),
  ]);
  const shards = [...homesOf(components)].flatMap(([, mine]) =>
    pack(mine, shardsFor(mine, components, limits), limits),
  );
  return {
    canaries: groups
      .filter(({ size }) => size > 0)
      .toSorted((a, b) => Number(b.hasNext) - Number(a.hasNext) || a.size - b.size || byName(a, b))
      .slice(0, limits.canariesMax)
      .map(({ names, tunnels }) => ({ names, tunnels })),
    shards: shards.toSorted((a, b) => sizeOf(b.tunnels) - sizeOf(a.tunnels) || byName(a, b)),
  };
}

/** Which part of each region's quotas a shard gets: its part of the region's tunnels. KMS goes by documents. */
export function rateShares(
  shard: ShardCut,
  shards: readonly ShardCut[],
): ReadonlyMap<string, number> {
  const all = shards.length === 0 ? [shard] : shards;
  const shares = new Map<string, number>();
  for (const [regionId, mine] of shard.tunnels) {
    const total = all.reduce((sum, other) => sum + (other.tunnels.get(regionId) ?? 0), 0);
    shares.set(regionId, Math.min(1, mine / Math.max(mine, total)));
  }
  const documents = all.reduce((sum, other) => sum + other.names.length, 0);
  shares.set('kms', Math.min(1, shard.names.length / Math.max(shard.names.length, documents)));
  return shares;
}

/**
 * How long a shard keeps KMS busy when it begins: it lists the slots of the lease and reads four labels of
 * each document. One that begins sooner after it would only wait with it, and both would write later.
 */
export function readingMs(names: readonly string[]): DurationMs {
  const reads = spentMs(RATES.SecretValues, 4 * names.length);
  return durationMs(Math.max(spentMs(RATES.SecretLabels, 1), reads));
}

/** What hangs together through `thingsOf` its connections; a document that names nothing known is alone. */
function componentsOf(
  documents: readonly ShardDocument[],
  connections: readonly ShardConnection[],
  thingsOf: (connection: ShardConnection) => readonly string[],
): readonly Component[] {
  const known = new Map(connections.map((connection) => [connection.name, connection]));
  const links = new Links();
  for (const { name, connections } of documents) {
    const self = `document ${name}`;
    links.join(self, self);
    const things = connections.flatMap((id) => known.get(id) ?? []).flatMap(thingsOf);
    for (const thing of things) links.join(self, thing);
  }
  const byRoot = new Map<string, ShardDocument[]>();
  for (const document of documents) {
    const root = links.rootOf(`document ${document.name}`);
    const found = byRoot.get(root);
    if (found === undefined) byRoot.set(root, [document]);
    else found.push(document);
  }
  return [...byRoot.values()].map((mine) => componentOf(mine, known));
}

function componentOf(
  documents: readonly ShardDocument[],
  known: ReadonlyMap<string, ShardConnection>,
): Component {
  const tunnels = new Map<string, number>();
  const ids = new Set(documents.flatMap(({ connections }) => connections));
  for (const { regionId, tunnels: count } of [...ids].flatMap((id) => known.get(id) ?? [])) {
    tunnels.set(regionId, (tunnels.get(regionId) ?? 0) + count);
  }
  const [home = ''] = [...tunnels].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0] ?? [];
  const names = documents.map(({ name }) => name).toSorted();
  return {
    names,
    tunnels,
    hasNext: documents.some((document) => document.hasNext),
    size: sizeOf(tunnels),
    bytes: bytesOf(names),
    home,
  };
}

function homesOf(components: readonly Component[]): ReadonlyMap<string, readonly Component[]> {
  const homes = new Map<string, Component[]>();
  for (const component of components) {
    const found = homes.get(component.home);
    if (found === undefined) homes.set(component.home, [component]);
    else found.push(component);
  }
  return homes;
}

/** A region's shards: as many as its tunnels ask for, at least one, and no more than its part of all. */
function shardsFor(
  mine: readonly Component[],
  all: readonly Component[],
  { shardsMax, tunnelsEach }: CutLimits,
): number {
  const size = sum(mine);
  const part = Math.floor((shardsMax * size) / Math.max(1, sum(all)));
  return Math.max(1, Math.min(part, mine.length, Math.ceil(size / tunnelsEach)));
}

const sum = (components: readonly Component[]): number =>
  components.reduce((total, { size }) => total + size, 0);

/** Longest first, each into the shard with the least so far that its names fit into. */
function pack(
  components: readonly Component[],
  count: number,
  { namesBytesMax }: CutLimits,
): readonly ShardCut[] {
  const bins: { members: Component[]; size: number; bytes: number }[] = [];
  const open = () => {
    const bin = { members: [], size: 0, bytes: 0 };
    bins.push(bin);
    return bin;
  };
  for (let index = 0; index < count; index += 1) open();
  for (const component of components.toSorted((a, b) => b.size - a.size || byName(a, b))) {
    const fitting = bins.filter(({ bytes }) => bytes + component.bytes <= namesBytesMax);
    const least = fitting.reduce<(typeof bins)[number] | null>(
      (best, bin) => (best === null || bin.size < best.size ? bin : best),
      null,
    );
    const bin = least ?? open();
    bin.members.push(component);
    bin.size += component.size;
    bin.bytes += component.bytes;
  }
  return bins.filter(({ members }) => members.length > 0).map(({ members }) => joined(members));
}

function joined(members: readonly Component[]): ShardCut {
  const tunnels = new Map<string, number>();
  for (const [regionId, count] of members.flatMap((member) => [...member.tunnels])) {
    tunnels.set(regionId, (tunnels.get(regionId) ?? 0) + count);
  }
  return { names: members.flatMap(({ names }) => names).toSorted(), tunnels };
}

function sizeOf(tunnels: ReadonlyMap<string, number>): number {
  return [...tunnels.values()].reduce((sum, count) => sum + count, 0);
}

/** As JSON has them: quotes and a comma each; names are ASCII. */
function bytesOf(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length + 3, 0);
}

function byName(a: ShardCut, b: ShardCut): number {
  return (a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1;
}

/** Disjoint sets of names. */
class Links {
  readonly #parents = new Map<string, string>();

  rootOf(name: string): string {
    let root = name;
    for (let up = this.#parents.get(root); up !== undefined && up !== root;) {
      root = up;
      up = this.#parents.get(root);
    }
    // Everybody on the way points at the root from now on, so that long chains are walked once.
    for (let at = name; at !== root;) {
      const up = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = up;
    }
    return root;
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    this.#parents.set(rootA, rootA);
    this.#parents.set(rootB, rootA);
  }
}
