/** The API of FC 2.0, as `@alicloud/fc2` calls it. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalCloud } from '../../../local/server.ts';
import { ACCOUNT, REGION, startDeployed } from './deployed.ts';

interface Fc2Client {
  invokeFunction(
    service: string,
    name: string,
    event: string,
    headers?: Record<string, string>,
    qualifier?: string,
  ): Promise<{ headers: Record<string, string>; data: unknown }>;
}
type Fc2 = new (accountId: string, config: Record<string, unknown>) => Fc2Client;
const Client = createRequire(import.meta.url)('@alicloud/fc2') as Fc2;

let local: LocalCloud;
beforeAll(async () => {
  local = await startDeployed([
    {
      functionName: 'svc$rotate',
      role: 'rotate',
      timeout: 60,
      asyncInvokeConfig: { asyncTask: true },
    },
    { functionName: 'only3', timeout: 60 },
  ]);
});
afterAll(() => local.close());

const client = (key: Record<string, unknown> = {}): Fc2Client =>
  new Client(ACCOUNT, {
    accessKeyID: local.accessKeyId,
    accessKeySecret: local.accessKeySecret,
    region: REGION,
    endpoint: local.fc,
    ...key,
  });

test('a synchronous call returns what the function returned', async () => {
  const { data, headers } = await client().invokeFunction('svc', 'rotate', '{"say":"hello"}', {
    'X-Fc-Log-Type': 'Tail',
  });
  const answer = JSON.parse(String(data)) as Record<string, unknown>;
  expect(answer).toMatchObject({ order: { say: 'hello' }, requestId: headers['x-fc-request-id'] });
  expect(answer['keyId']).toMatch(/^STS\./);
  expect(answer['envKeyId']).toBe(answer['keyId']);
  expect(answer['hostEnv']).toBeUndefined();
  expect(Buffer.from(headers['x-fc-log-result'] ?? '', 'base64').toString()).toBe('hello\n');
});

test('a function that throws is HTTP 200 with an error type', async () => {
  const { data, headers } = await client().invokeFunction('svc', 'rotate', '{"throw":"no"}');
  expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
  expect(data).toMatchObject({ errorMessage: 'no', errorType: 'RotationError' });
});

test('a task id is taken once', async () => {
  const task = { 'X-Fc-Invocation-Type': 'Async', 'X-Fc-Stateful-Async-Invocation-Id': 'job_1' };
  const { data } = await client().invokeFunction('svc', 'rotate', '{}', task);
  expect(data).toBe('');
  await expect(client().invokeFunction('svc', 'rotate', '{}', task)).rejects.toThrow(/with 409/);
  const { functions } = local.cloud;
  await functions.idle();
  expect(functions.tasks.all()).toMatchObject([
    { taskId: 'job_1', status: 'Succeeded', attempts: 1 },
  ]);
});

test.each([
  ['svc', 'other', undefined, 'FunctionNotFound'],
  ['svc', 'rotate', 'canary', 'AliasNotFound'],
  ['', 'only3', undefined, 'PathNotSupported'],
])('%s/%s.%s is refused', async (service, name, qualifier, code) => {
  const call = client().invokeFunction(service, name, '{}', {}, qualifier);
  await expect(call).rejects.toMatchObject({ code });
});

test.each([
  [{ accessKeySecret: 'example-other' }, 'SignatureNotMatch'],
  [{ accessKeyID: 'LTAI-nobody' }, 'InvalidAccessKeyID'],
])('%o is refused', async (key, code) => {
  await expect(client(key).invokeFunction('svc', 'rotate', '{}')).rejects.toMatchObject({ code });
});
