/** Two pages of connections, of which one shows a connection twice and another not at all. */
import { expect, test } from 'vitest';
import type { Outcome } from '../../functions/core/failure.ts';
import { PAGE_SIZE, readAll } from '../../functions/run/pages.ts';
import { planRun } from '../../functions/run/plan-run.ts';
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

test('a listing that lost an item between two pages is read again, though its items add up', async () => {
  const items = Array.from({ length: PAGE_SIZE + 10 }, (_, number) => `vco-${number}`);
  const found: Outcome<readonly string[]>[] = [];
  await new EngineWorld([{ name: 'a' }]).run({
    begin: async (run, request) => {
      const left = [...items];
      const read = await readAll(
        run,
        (item: string) => item,
        (number) => {
          const shown = left.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
          const page = { items: shown, totalCount: left.length };
          // Everything behind it moves up, so what is first on the next page by then is passed over.
          if (left.length === items.length) left.shift();
          return Promise.resolve({ kind: 'ok', value: page });
        },
      );
      found.push(read);
      return planRun(run, request);
    },
  });
  expect(found).toEqual([{ kind: 'ok', value: items.slice(1) }]);
});
