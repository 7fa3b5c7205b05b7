/** The API of FC 3.0, as `@alicloud/fc20230330` calls it. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc3 from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalCloud } from '../../../local/server.ts';
import { startDeployed, TRUST } from './deployed.ts';

// CommonJS: its class is the default export of its default export.
const Client = fc3.default;

let local: LocalCloud;
beforeAll(async () => {
  local = await startDeployed([
    {
      functionName: 'rotate',
      role: 'rotate',
      timeout: 60,
      qualifiers: ['prod'],
      asyncInvokeConfig: { asyncTask: true, maxAsyncRetryAttempts: 0 },
    },
    { functionName: 'plain', timeout: 60 },
    { functionName: 'blocked', concurrencyConfig: { reservedConcurrency: 0 } },
  ]);
});
afterAll(() => local.close());

interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

function client(key: Key = local): InstanceType<typeof Client> {
  const { accessKeyId, accessKeySecret, securityToken } = key;
  return new Client(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
      protocol: 'http',
      endpoint: new URL(local.fc).host,
    }),
  );
}

const SLOW = new RuntimeOptions({ readTimeout: 60_000, connectTimeout: 60_000 });

async function invoke(
  name: string,
  order: object,
  given: { headers?: Record<string, string>; qualifier?: string; key?: Key } = {},
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const request = new fc3.InvokeFunctionRequest({
    body: Readable.from([Buffer.from(JSON.stringify(order))]),
    ...(given.qualifier === undefined ? {} : { qualifier: given.qualifier }),
  });
  const headers = new fc3.InvokeFunctionHeaders(given.headers ?? {});
  const answer = await client(given.key).invokeFunctionWithOptions(name, request, headers, SLOW);
  const body = answer.body === undefined ? '' : await text(answer.body);
  return { status: answer.statusCode ?? 0, headers: answer.headers ?? {}, body };
}

describe('a synchronous call', () => {
  test('returns what the function returned, and the end of its log', async () => {
    const { status, headers, body } = await invoke(
      'rotate',
      { say: 'hello' },
      { headers: { xFcLogType: 'Tail' }, qualifier: 'prod' },
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      order: { say: 'hello' },
      keyId: expect.stringMatching(/^STS\./),
    });
    expect(Buffer.from(headers['x-fc-log-result'] ?? '', 'base64').toString()).toBe('hello\n');
  });

  test('of a function that throws is HTTP 200 with an error type', async () => {
    const { status, headers, body } = await invoke('plain', { throw: 'no' });
    expect(status).toBe(200);
    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(JSON.parse(body)).toMatchObject({ errorMessage: 'no', errorType: 'RotationError' });
  });
});

describe('tasks', () => {
  const asTask = (id: string) => ({ headers: { xFcInvocationType: 'Async', xFcAsyncTaskId: id } });

  test('an id is taken once: the second is 409', async () => {
    expect((await invoke('rotate', {}, asTask('shard_1'))).status).toBe(202);
    await expect(invoke('rotate', {}, asTask('shard_1'))).rejects.toMatchObject({
      name: 'ClientError',
      statusCode: 409,
    });
  });

  test('are read and listed', async () => {
    await invoke('rotate', { n: 1 }, asTask('read_1'));
    await invoke('rotate', { throw: 'no' }, asTask('read_2'));
    await local.cloud.functions.idle();
    const one = await client().getAsyncTask('rotate', 'read_1', new fc3.GetAsyncTaskRequest({}));
    expect(one.body).toMatchObject({ taskId: 'read_1', status: 'Succeeded' });
    const request = new fc3.ListAsyncTasksRequest({ prefix: 'read_', status: 'Failed' });
    const { body } = await client().listAsyncTasks('rotate', request);
    expect(body?.tasks).toMatchObject([{ taskId: 'read_2', taskErrorMessage: 'no' }]);
  });

  test('a running one is stopped', async () => {
    await invoke('rotate', { hang: true }, asTask('stop_1'));
    const stopped = await client().stopAsyncTask(
      'rotate',
      'stop_1',
      new fc3.StopAsyncTaskRequest({}),
    );
    expect(stopped.statusCode).toBe(200);
    await local.cloud.functions.idle();
    expect(local.cloud.functions.tasks.get('rotate', 'stop_1').status).toBe('Stopped');
  });

  test('need task mode', async () => {
    await expect(invoke('plain', {}, asTask('a'))).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
  });
});

describe('is refused', () => {
  test.each([
    ['nobody', undefined, 404, 'FunctionNotFound'],
    ['rotate', 'canary', 404, 'AliasNotFound'],
    ['blocked', undefined, 429, 'ResourceExhausted'],
  ])('%s.%s: %i %s', async (name, qualifier, statusCode, code) => {
    const call = invoke(name, {}, qualifier === undefined ? {} : { qualifier });
    await expect(call).rejects.toMatchObject({ statusCode, code });
  });

  test('a role whose policy does not have the call, and is told which action', async () => {
    const Resource = `acs:fc:cn-hangzhou:1234567890123456:functions/plain`;
    const Statement = [{ Effect: 'Allow', Action: ['fc:InvokeFunction'], Resource }];
    local.cloud.defineRole({ name: 'caller', trust: TRUST, policy: { Version: '1', Statement } });
    const key = local.cloud.roles.assume({
      roleName: 'caller',
      service: 'fc.aliyuncs.com',
      sessionName: 'test',
      now: local.cloud.now(),
      lifetimeSeconds: 3_600,
    });
    expect((await invoke('plain', {}, { key })).status).toBe(200);
    await expect(invoke('rotate', {}, { key })).rejects.toMatchObject({
      statusCode: 403,
      code: 'AccessDenied',
      accessDeniedDetail: { AuthAction: 'fc:InvokeFunction', NoPermissionType: 'ImplicitDeny' },
    });
  });

  test('a wrong secret', async () => {
    const key = { accessKeyId: local.accessKeyId, accessKeySecret: 'example-other' };
    await expect(invoke('plain', {}, { key })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});

test('an answer that is lost leaves the task, and its id keeps a second one away', async () => {
  const { cloud } = local;
  cloud.faults.set([{ kind: 'reset-after-applied', action: 'InvokeFunction', nth: 1 }]);
  const headers = { xFcInvocationType: 'Async', xFcAsyncTaskId: 'lost_1' };
  await expect(invoke('rotate', {}, { headers })).rejects.toThrow(/socket hang up|ECONNRESET/u);
  await expect(invoke('rotate', {}, { headers })).rejects.toMatchObject({ statusCode: 409 });
  await cloud.functions.idle();
  expect(cloud.functions.tasks.get('rotate', 'lost_1')).toMatchObject({ attempts: 1 });
  const journal = cloud.journal.read().entries.filter(({ product }) => product === 'fc');
  expect(journal.slice(-2)).toMatchObject([
    { action: 'InvokeFunction', status: null, fault: 'reset-after-applied' },
    { action: 'InvokeFunction', status: 409, code: 'StatefulAsyncInvocationAlreadyExists' },
  ]);
});
