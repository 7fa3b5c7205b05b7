import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUT_LIMITS, cutFleet, rateShares } from '../../functions/core/shards.ts';
import type {
  CutLimits,
  ShardConnection,
  ShardCut,
  ShardDocument,
} from '../../functions/core/shards.ts';

const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'eu-central-1'];

interface Drawn {
  readonly documents: readonly ShardDocument[];
  readonly connections: readonly ShardConnection[];
}

/** Connections on a few gateways and customer gateways, and documents that name some of them. */
const fleet: fc.Arbitrary<Drawn> = fc
  .array(
    fc.record({
      region: fc.nat(REGIONS.length - 1),
      lane: fc.nat(12),
      customerGateways: fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }),
      tunnels: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .chain((drawn) => {
    const connections = drawn.map(({ region, lane, customerGateways, tunnels }, index) => {
      const regionId = REGIONS[region] ?? '';
      return {
        regionId,
        name: `${regionId}/vco-${index}`,
        laneId: `${regionId}/vpn-${lane}`,
        customerGateways: customerGateways.map((id) => `${regionId}/cgw-${id}`),
        tunnels,
      };
    });
    const named = fc.array(fc.nat(connections.length), { maxLength: 4 });
    return fc.array(fc.tuple(named, fc.boolean()), { minLength: 1, maxLength: 40 }).map((all) => ({
      connections,
      documents: all.map(([indexes, hasNext], number) => ({
        name: `keyturn/documents/${number}`,
        // The index past the last one is a connection that nobody knows.
        connections: indexes.map((index) => connections[index]?.name ?? 'cn-hangzhou/vco-gone'),
        hasNext,
      })),
    }));
  });

const limits: fc.Arbitrary<CutLimits> = fc.record({
  shardsMax: fc.integer({ min: 1, max: 20 }),
  namesBytesMax: fc.integer({ min: 100, max: 2_000 }),
  tunnelsEach: fc.integer({ min: 1, max: 20 }),
  canariesMax: fc.integer({ min: 1, max: 8 }),
});

const bytes = ({ names }: ShardCut): number => JSON.stringify(names).length;

/** What the service could lock, or would refuse, if two documents were worked on at once. */
function touched(drawn: Drawn, { connections }: ShardDocument): readonly string[] {
  const known = drawn.connections.filter(({ name }) => connections.includes(name));
  return known.flatMap((one) => [one.laneId, ...one.customerGateways]);
}

/** What succeeds or is put back as a whole. */
function groupsOf(drawn: Drawn, { connections }: ShardDocument): readonly string[] {
  const known = drawn.connections.filter(({ name }) => connections.includes(name));
  return known.flatMap((one) => one.customerGateways.map((id) => `${one.laneId} ${id}`));
}

describe('a cut', () => {
  test('has every document once', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const { shards } = cutFleet(drawn.documents, drawn.connections, limits);
        const names = shards.flatMap((shard) => shard.names);
        expect(names.toSorted()).toEqual(drawn.documents.map(({ name }) => name).toSorted());
      }),
    );
  });

  test('keeps together what shares a gateway, an attachment or a customer gateway', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const { shards } = cutFleet(drawn.documents, drawn.connections, limits);
        const holders = new Map<string, number>();
        for (const [index, { names }] of shards.entries()) {
          for (const document of drawn.documents.filter(({ name }) => names.includes(name))) {
            for (const thing of touched(drawn, document)) {
              expect(holders.get(thing) ?? index).toBe(index);
              holders.set(thing, index);
            }
          }
        }
      }),
    );
  });

  test('never tries a document without those that could contradict it', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const { canaries } = cutFleet(drawn.documents, drawn.connections, limits);
        for (const { names } of canaries) {
          const inside = drawn.documents.filter(({ name }) => names.includes(name));
          const outside = drawn.documents.filter(({ name }) => !names.includes(name));
          const mine = new Set(inside.flatMap((document) => groupsOf(drawn, document)));
          const others = outside.flatMap((document) => groupsOf(drawn, document));
          expect(others.filter((group) => mine.has(group))).toEqual([]);
        }
      }),
    );
  });

  test('fits into events, and into the number of shards where events allow it', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const { shards } = cutFleet(drawn.documents, drawn.connections, limits);
        // What hangs together is one shard, however long its names are.
        const apart = { ...limits, shardsMax: 10_000, tunnelsEach: 1, namesBytesMax: 1 };
        const alone = cutFleet(drawn.documents, drawn.connections, apart).shards;
        for (const shard of shards) {
          const single = alone.some(({ names }) => names.join() === shard.names.join());
          expect(bytes(shard) <= limits.namesBytesMax + 2 || single).toBe(true);
        }
        const roomy = { ...limits, namesBytesMax: 1_000_000 };
        const cut = cutFleet(drawn.documents, drawn.connections, roomy);
        // Each region and what is in none has one shard at least.
        expect(cut.shards.length).toBeLessThanOrEqual(limits.shardsMax + REGIONS.length + 1);
      }),
    );
  });

  test('does not depend on the order of what was read, nor on what is done already', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const names = (cut: { shards: readonly ShardCut[] }) => cut.shards.map((one) => one.names);
        const cut = names(cutFleet(drawn.documents, drawn.connections, limits));
        const turned = {
          documents: drawn.documents.map((one) => ({ ...one, hasNext: false })).toReversed(),
          connections: drawn.connections.toReversed(),
        };
        expect(names(cutFleet(turned.documents, turned.connections, limits))).toEqual(cut);
      }),
    );
  });

  test('gives away no more than the quotas of each region', () => {
    fc.assert(
      fc.property(fleet, limits, (drawn, limits) => {
        const { shards } = cutFleet(drawn.documents, drawn.connections, limits);
        const given = new Map<string, number>();
        for (const shard of shards) {
          for (const [regionId, share] of rateShares(shard, shards)) {
            expect(share).toBeGreaterThan(0);
            given.set(regionId, (given.get(regionId) ?? 0) + share);
          }
        }
        for (const sum of given.values()) expect(sum).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

/** One document and one connection with two tunnels on each gateway. */
function wideFleet(gateways: number, regions: number): Drawn {
  const numbers = Array.from({ length: gateways }, (_, index) => index);
  return {
    connections: numbers.map((n) => ({
      regionId: `cn-${n % regions}`,
      name: `cn-${n % regions}/vco-${n}`,
      laneId: `cn-${n % regions}/vpn-${n}`,
      customerGateways: [`cn-${n % regions}/cgw-${n}`],
      tunnels: 2,
    })),
    documents: numbers.map((n) => ({
      name: `keyturn/documents/${n}`,
      connections: [`cn-${n % regions}/vco-${n}`],
      hasNext: n % 2 === 1,
    })),
  };
}

test('a large fleet is spread evenly, a region to a shard', () => {
  const { documents, connections } = wideFleet(10_000, 10);
  const { shards } = cutFleet(documents, connections);
  expect(shards.length).toBe(20);
  expect(shards.every(({ tunnels }) => tunnels.size === 1)).toBe(true);
  expect(new Set(shards.flatMap(({ tunnels }) => [...tunnels.values()]))).toEqual(new Set([1_000]));
  expect(Math.max(...shards.map(bytes))).toBeLessThan(CUT_LIMITS.namesBytesMax);
});

test('a small fleet is not cut for its own sake', () => {
  const { documents, connections } = wideFleet(500, 1);
  expect(cutFleet(documents, connections).shards.length).toBe(1);
});

test('the canary is the smallest that has something to do', () => {
  const { documents, connections } = wideFleet(6, 1);
  const [canary] = cutFleet(documents, connections).canaries;
  expect(canary?.names).toEqual(['keyturn/documents/1']);
});
