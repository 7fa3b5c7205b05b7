import { expect, test } from 'vitest';
import { EngineWorld, verdicts } from './engine-world.ts';
import type { SiteSpec } from './engine-world.ts';

/** Gateways with one connection each, in one region: their connections fill one page. */
const SITES: readonly SiteSpec[] = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  gateway: `vpn-${name}`,
}));

const reads = (world: EngineWorld) =>
  world.calls.filter(({ action }) => action === 'DescribeVpnConnections');

test('where one page shows the whole region, no lane is read by itself', async () => {
  const world = new EngineWorld(SITES);
  const report = await world.run();
  expect(new Set(Object.values(verdicts(report)))).toEqual(new Set(['converged rotated']));
  expect(reads(world).length).toBeGreaterThan(0);
  expect(reads(world).filter(({ query }) => 'VpnGatewayId' in query)).toEqual([]);
});

test('lanes that ask at the same moment share the read', async () => {
  const world = new EngineWorld(SITES);
  await world.run();
  const begun = reads(world).map(({ now }) => now);
  // The gather lists the region as well, before any lane asks.
  expect(new Set(begun).size).toBe(begun.length);
});

test('a listing whose pages do not add up is left for reads of single lanes', async () => {
  const world = new EngineWorld(SITES.map((site) => ({ ...site, connections: 15 })));
  const report = await world.run({
    onEvent: ({ kind }) => {
      if (kind !== 'gathered') return;
      const where = { PageNumber: '2' };
      world.cloud.faults.set([{ kind: 'duplicate-page', action: 'DescribeVpnConnections', where }]);
    },
  });
  expect(world.cloud.faults.met.get('duplicate-page')).toBeGreaterThan(0);
  expect(reads(world).some(({ query }) => 'VpnGatewayId' in query)).toBe(true);
  expect(new Set(Object.values(verdicts(report)))).toEqual(new Set(['converged rotated']));
}, 120_000);
