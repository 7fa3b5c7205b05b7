/** What a function meets when it runs in a process of its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalCloud } from '../../../local/server.ts';
import { startDeployed } from './deployed.ts';

let local: LocalCloud;
beforeAll(async () => {
  local = await startDeployed([
    { functionName: 'east', timeout: 60, environmentVariables: { SITE: 'east ${kms}' } },
    { functionName: 'hasty', timeout: 1 },
    { functionName: 'patient', timeout: 60, memorySize: 128 },
    { functionName: 'single', timeout: 60, concurrencyConfig: { reservedConcurrency: 1 } },
  ]);
});
afterAll(() => local.close());

async function invoke(name: string, order: object): Promise<{ status: number; text: string }> {
  const response = await local.cloud.callFunction({
    method: 'POST',
    path: `/2023-03-30/functions/${name}/invocations`,
    query: {},
    headers: {},
    body: Buffer.from(JSON.stringify(order)),
  });
  if (response.kind !== 'answer') throw new Error('no answer');
  return { status: response.status, text: response.body.toString() };
}

test('the deployed environment is there, credentials are not without a role', async () => {
  const { text } = await invoke('east', {});
  expect(JSON.parse(text)).toMatchObject({ site: `east ${local.kms}`, retryCount: 0 });
  expect(JSON.parse(text)).not.toHaveProperty('keyId');
});

test.each([
  ['hasty', { hang: true }, 'Function time out after 1 seconds'],
  ['patient', { exit: true }, 'Process exited unexpectedly before completing request'],
  ['patient', { eat: true }, 'Function exceeded its memory limit of 128 MB'],
])('%s %o ends with an error', async (name, order, errorMessage) => {
  const { status, text } = await invoke(name, order);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({ errorMessage });
});

test('beyond its reserved concurrency a function is refused, and a crash frees the room', async () => {
  const running = invoke('single', { hang: true });
  expect(await invoke('single', {})).toMatchObject({ status: 429 });
  expect(local.cloud.functions.crash('single')).toBe(1);
  expect(JSON.parse((await running).text)).toEqual({
    errorMessage: 'Process exited unexpectedly before completing request',
  });
  expect(await invoke('single', {})).toMatchObject({ status: 200 });
});
