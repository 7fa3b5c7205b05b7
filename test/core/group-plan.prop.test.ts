import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plansBySecret } from '../../functions/core/group-plan.ts';
import type { GroupPlan } from '../../functions/core/group-plan.ts';

/** Only what order is decided by. */
const plans = fc
  .array(
    fc.record({
      lane: fc.integer({ min: 0, max: 3 }),
      steps: fc.integer({ min: 1, max: 6 }),
      secrets: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    }),
    { maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ lane, steps, secrets }, index) => ({
      group: { id: `group-${index}`, laneId: `lane-${lane}` },
      steps: Array.from({ length: steps }),
      secrets: secrets.map((name) => ({ name, versionId: 'v' })),
    })),
  )
  .map((list) => list as unknown as readonly GroupPlan[]);

test('the plans of a secret are those that name it, in their order', () => {
  fc.assert(
    fc.property(plans, (list) => {
      for (const [name, mine] of plansBySecret(list)) {
        expect(mine).toEqual(
          list.filter(({ secrets }) => secrets.some((one) => one.name === name)),
        );
      }
    }),
  );
});
