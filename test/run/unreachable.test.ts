import { expect, test } from 'vitest';
import { reliably } from '../../functions/run/retry.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { EngineWorld } from './engine-world.ts';

test('an endpoint that refuses connections is named long before it is given up', async () => {
  const world = new EngineWorld([{ name: 'a' }]);
  const attempts: number[] = [];
  let end: string | null = null;
  await world.run({
    begin: async (run, request) => {
      const { code } = await reliably(run, () => {
        attempts.push(world.events.filter(({ kind }) => kind === 'warning').length);
        const error = { operation: 'ListSecrets', code: 'Network.Unreachable', status: null };
        return Promise.resolve({ kind: 'unknown', error: { ...error, requestId: null } } as const);
      }).then((outcome) => (outcome.kind === 'ok' ? { code: '' } : outcome.error));
      end = code;
      return planRun(run, request);
    },
  });
  expect(end).toBe('Network.Unreachable');
  // Nothing at the first failure, which may pass; said once, before the third attempt.
  expect(attempts).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
  const warning = world.events.find(({ kind }) => kind === 'warning');
  expect(warning).toMatchObject({ code: 'endpoint-unreachable' });
  expect(JSON.stringify(warning)).toContain('ListSecrets');
});
