import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunctions, parseEndpoint } from '../../functions/alicloud/index.ts';
import { createFc2Client } from '../../functions/alicloud/fc2-client.ts';
import type { Invoker } from '../../functions/ports/invoker.ts';
import type { LocalCloud } from '../../local/server.ts';
import { ACCOUNT, REGION, startDeployed } from '../local/fc/deployed.ts';

const TASKS = { timeout: 60, asyncInvokeConfig: { asyncTask: true, maxAsyncRetryAttempts: 0 } };

let local: LocalCloud;
const calls: string[] = [];
beforeAll(async () => {
  local = await startDeployed([
    { functionName: 'rotate', ...TASKS },
    { functionName: 'svc$rotate', ...TASKS },
    { functionName: 'blocked', concurrencyConfig: { reservedConcurrency: 0 }, ...TASKS },
    { functionName: 'no-tasks', timeout: 60 },
  ]);
});
afterAll(() => local.close());

function invoker(endpoint = local.fc, fc2 = true): Invoker {
  const parsed = parseEndpoint(endpoint);
  if (parsed.kind === 'fault') throw new Error(parsed.rule);
  const { accessKeyId, accessKeySecret } = local;
  return createFunctions({
    region: REGION,
    accountId: ACCOUNT,
    endpoint: parsed.endpoint,
    credentials: () => ({ accessKeyId, accessKeySecret }),
    requestTimeoutMs: 5_000,
    countCall: (operation) => calls.push(operation),
    fc2: fc2 ? createFc2Client : null,
  });
}

describe.each([
  ['Function Compute 3.0', 'rotate', true],
  ['Function Compute 2.0, through its own API', 'svc/rotate', true],
  ['Function Compute 2.0, through the API of 3.0', 'svc/rotate', false],
])('%s', (name, functionName, fc2) => {
  const prefix = `t_${name.replaceAll(/\W/gu, '')}_`;

  test('starts a task once, and tells of it', async () => {
    const port = invoker(undefined, fc2);
    const taskId = `${prefix}1`;
    const event = JSON.stringify({ say: 'example' });
    const start = () => port.start({ functionName, taskId, event });
    expect(await start()).toEqual({ kind: 'ok', value: 'started' });
    expect(await start()).toEqual({ kind: 'ok', value: 'exists' });
    await local.cloud.functions.idle();
    const listed = await port.list({ functionName, prefix });
    expect(listed).toEqual({ kind: 'ok', value: new Map([[taskId, 'succeeded']]) });
    const result = await port.result({ functionName, taskId });
    expect(result.kind === 'ok' && JSON.parse(result.value ?? '')).toMatchObject({
      order: { say: 'example' },
    });
  });
});

test('a function that throws is a failed task', async () => {
  const port = invoker();
  const task = { functionName: 'rotate', taskId: 'bad_1', event: '{"throw":"no"}' };
  expect(await port.start(task)).toEqual({ kind: 'ok', value: 'started' });
  await local.cloud.functions.idle();
  const listed = await port.list({ functionName: 'rotate', prefix: 'bad_' });
  expect(listed).toEqual({ kind: 'ok', value: new Map([['bad_1', 'failed']]) });
});

test('a long list is read page by page', async () => {
  const port = invoker();
  const functionName = 'blocked';
  const ids = Array.from({ length: 103 }, (_, index) => `many_${index}`);
  for (const taskId of ids) await port.start({ functionName, taskId, event: '{}' });
  const listed = await port.list({ functionName, prefix: 'many_' });
  expect(listed).toEqual({ kind: 'ok', value: new Map(ids.map((id) => [id, 'open'])) });
});

test.each([
  ['rotate', 'not an id', '{}', 'refused'],
  ['no-tasks', 'a_1', '{}', 'refused'],
  ['nobody', 'a_1', '{}', 'notFound'],
  ['svc/nobody', 'a_1', '{}', 'notFound'],
  ['rotate', 'a_2', 'x'.repeat(128 * 1024 + 1), 'refused'],
])('%s with task %j: nothing is started', async (functionName, taskId, event, kind) => {
  expect(await invoker().start({ functionName, taskId, event })).toMatchObject({
    kind,
    error: { operation: 'InvokeFunction' },
  });
});

test.each(['rotate', 'svc/rotate'])(
  '%s: no service there is doubt, without the URL',
  async (functionName) => {
    const outcome = await invoker('http://127.0.0.1:1').start({
      functionName,
      taskId: 'a_3',
      event: '{}',
    });
    expect(outcome).toEqual({
      kind: 'unknown',
      error: {
        operation: 'InvokeFunction',
        code: 'Network.Unreachable',
        status: null,
        requestId: null,
      },
    });
  },
);

test('every request is counted under its name', () => {
  expect(new Set(calls)).toEqual(new Set(['InvokeFunction', 'ListAsyncTasks', 'GetAsyncTask']));
});
