import { expect, test } from 'vitest';
import type { Outcome } from '../../functions/core/failure.ts';
import { after, between, epochMs, seconds } from '../../functions/core/units.ts';
import type { DurationMs } from '../../functions/core/units.ts';
import { reliably } from '../../functions/run/retry.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { EngineWorld } from './engine-world.ts';

/** When each attempt of a read that always fails was made, from its first on, in milliseconds. */
async function attemptsOf(options: {
  readonly killedInMs: DurationMs | null;
  readonly failure: Outcome<null>;
}): Promise<{ readonly at: readonly number[]; readonly end: Outcome<null> | null }> {
  const world = new EngineWorld([{ name: 'a' }]);
  const begun = epochMs(world.clock.now());
  const at: number[] = [];
  let end: Outcome<null> | null = null;
  const { killedInMs, failure } = options;
  const killedAt = killedInMs === null ? null : after(begun, killedInMs);
  await world.run({
    options: { killedAt },
    begin: async (run, request) => {
      end = await reliably(run, () => {
        at.push(between(begun, run.ports.clock.now()));
        return Promise.resolve(failure);
      });
      return planRun(run, request);
    },
  });
  return { at, end };
}

const LOST: Outcome<null> = {
  kind: 'unknown',
  error: { operation: 'ListSecrets', code: 'Network.Reset', status: null, requestId: null },
};

test('a read that fails is tried eight times where nothing ends the run', async () => {
  const { at, end } = await attemptsOf({ killedInMs: null, failure: LOST });
  expect(at).toHaveLength(8);
  expect(end).toEqual(LOST);
});

test('no pause of a failing read lasts into the time that the report needs', async () => {
  const killedInMs = seconds(40);
  const { at, end } = await attemptsOf({ killedInMs, failure: LOST });
  expect(end).toEqual(LOST);
  expect(at.length).toBeGreaterThan(2);
  expect(at.length).toBeLessThan(8);
  expect(Math.max(...at)).toBeLessThanOrEqual(killedInMs - seconds(15));
});
