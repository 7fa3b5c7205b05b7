/** Two pages of connections, of which one shows a connection twice and another not at all. */
import { expect, test } from 'vitest';
import { EngineWorld, verdicts } from './engine-world.ts';

const SITES = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  connections: 15,
  gateway: `vpn-${name}`,
}));

test('a listing that does not add up is read again before anything is decided', async () => {
  const world = new EngineWorld(SITES);
  world.cloud.faults.set([{ kind: 'duplicate-page', action: 'DescribeVpnConnections', nth: 2 }]);
  const report = await world.run();
  expect(world.cloud.faults.met.get('duplicate-page')).toBe(1);
  expect(verdicts(report)).toEqual(
    Object.fromEntries(SITES.map(({ name }) => [name, 'converged rotated'])),
  );
}, 120_000);
