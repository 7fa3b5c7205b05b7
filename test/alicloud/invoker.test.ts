import { expect, test } from 'vitest';
import { createInvoker } from '../../functions/alicloud/invoker.ts';

test('a list whose token leads to itself is over', async () => {
  const asked: unknown[] = [];
  const invoker = createInvoker((call) => {
    asked.push(call);
    const task = { taskId: 'run_s0', status: 'Running' };
    return Promise.resolve({ kind: 'ok', body: { tasks: [task], nextToken: 'again' } });
  }, null);
  const listed = await invoker.list({ functionName: 'rotate', prefix: 'run_' });
  expect(listed).toEqual({ kind: 'ok', value: new Map([['run_s0', 'open']]) });
  expect(asked.length).toBe(2);
});
