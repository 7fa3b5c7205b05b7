import { describe, expect, test } from 'vitest';
import { FailureBudget } from '../../functions/run/failure-budget.ts';
import { EngineWorld, keyOf, verdicts } from './engine-world.ts';
import type { SiteSpec } from './engine-world.ts';

/** One after the other on one gateway: the canary is well, the next are not, the last two would be. */
const SITES: readonly SiteSpec[] = [
  { name: 'first' },
  { name: 'bad-1', farEnd: 'never' },
  { name: 'bad-2', farEnd: 'never' },
  { name: 'good-1' },
  { name: 'good-2' },
];

describe('failed groups of a run', () => {
  test('within the budget: the others go on', async () => {
    const world = new EngineWorld(SITES);
    expect(verdicts(await world.run({ options: { failureBudget: 3 } }))).toEqual({
      first: 'converged rotated',
      'bad-1': 'restored restored',
      'bad-2': 'restored restored',
      'good-1': 'converged rotated',
      'good-2': 'converged rotated',
    });
  });

  test('at its end: no group is begun that was not, and it says which ones failed', async () => {
    // The late ones wait for their gateway until the budget is spent.
    const bad = ['bad-1', 'bad-2', 'bad-3'].map((name) => ({ name, farEnd: 'never' as const }));
    const late = ['late-1', 'late-2'].map((name) => ({ name }));
    const world = new EngineWorld([{ name: 'first', gateway: 'vpn-2' }, ...bad, ...late], {
      windowSeconds: '30-120',
    });
    const report = await world.run({ options: { failureBudget: 1 } });
    const ends = verdicts(report);
    expect(ends['first']).toBe('converged rotated');
    const unbegun = Object.keys(ends).filter((name) => ends[name] === 'blocked budget-spent');
    expect(unbegun.length).toBeGreaterThan(0);
    for (const name of unbegun) {
      expect(world.keys(name)).toEqual([keyOf(name, 'old'), keyOf(name, 'old')]);
      expect(world.labels(name)).not.toHaveProperty('KeyturnHeld');
    }
    const why = report?.groups.find(({ reason }) => reason.code === 'budget-spent');
    expect(why?.reason.detail).toMatch(/cgw-bad-/);
  });
});

test('the budget names what failed, once it is spent', () => {
  const budget = new FailureBudget(2);
  budget.spend('a');
  expect(budget.spent()).toBeNull();
  budget.spend('b');
  expect(budget.spent()).toEqual({ code: 'budget-spent', detail: 'a, b' });
});
