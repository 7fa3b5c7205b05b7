/** Function Compute over the control address: deployed, set off and read by nothing but HTTP. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalCloud } from '../../local/server.ts';
import { QUEUE, startDeployed } from './fc/deployed.ts';
import { send, signAcs3 } from './sign.ts';
import type { Signer } from './sign.ts';

let local: LocalCloud;
beforeEach(async () => {
  local = await startDeployed([
    {
      functionName: 'rotate',
      role: 'rotate',
      timeout: 60,
      asyncInvokeConfig: {
        maxAsyncRetryAttempts: 0,
        destinationConfig: { onFailure: { destination: QUEUE } },
      },
      triggers: [
        {
          triggerName: 'nightly',
          triggerType: 'timer',
          triggerConfig: { cronExpression: '@every 24h', enable: true, payload: '{"say":"x"}' },
        },
      ],
    },
  ]);
});
afterEach(() => local.close());

async function steer(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const given = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${local.control}${path}`, given);
  return { status: response.status, body: await response.json() };
}

test('a timer goes off; its run is read with its log', async () => {
  const timer = { function: 'rotate', trigger: 'nightly' };
  expect(await steer('/functions/timer', timer)).toMatchObject({
    status: 200,
    body: { functionName: 'rotate', qualifier: 'LATEST' },
  });
  await steer('/functions/idle');
  const { body } = await steer('/functions/invocations?function=rotate');
  expect(body).toMatchObject([{ functionName: 'rotate', outcome: 'returned' }]);
  expect(JSON.stringify(body)).toContain('triggerName');
  expect((await steer('/functions/tasks')).body).toMatchObject([{ status: 'Succeeded' }]);
});

test('what fails reaches the queue, which can be made later', async () => {
  const events = [{ source: 'example', type: 'x' }];
  const onFailure = { destination: QUEUE.replace('failures', 'later') };
  const asyncInvokeConfig = { maxAsyncRetryAttempts: 0, destinationConfig: { onFailure } };
  const broken = { functionName: 'broken', handler: 'index.nothing', code: '.', asyncInvokeConfig };
  await steer('/functions', { ...broken, role: 'rotate' });
  const fail = async () => {
    await steer('/functions/event', { events, form: 'array-of-text', function: 'broken' });
    await steer('/functions/idle');
  };
  await fail();
  await steer('/queues', { name: 'later' });
  await fail();
  const { body } = await steer('/functions/invocations?function=broken');
  expect(body).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
  expect((await steer('/functions/destinations')).body).toMatchObject([
    { delivered: false, obstacle: 'not-there' },
    { delivered: true, message: { requestContext: { condition: 'UnhandledInvocationError' } } },
  ]);
});

test('a function is deployed, replaced and set off by the bus', async () => {
  const trigger = {
    triggerName: 'bus',
    triggerType: 'eventbridge',
    triggerConfig: {
      asyncInvocationType: true,
      eventRuleFilterPattern: '{"source":["example"]}',
    },
  };
  const definition = { functionName: 'later', code: '.', timeout: 60 };
  expect((await steer('/functions', definition)).status).toBe(200);
  expect((await steer('/functions', { ...definition, triggers: [trigger] })).status).toBe(200);
  const events = [
    { source: 'example', type: 'x' },
    { source: 'other', type: 'x' },
  ];
  expect((await steer('/functions/event', { events })).body).toMatchObject([
    { functionName: 'later' },
  ]);
  expect((await steer('/functions')).body).toMatchObject([
    { fn: { name: 'rotate' } },
    { fn: { name: 'later' }, triggers: [{ name: 'bus', enabled: true }] },
  ]);
});

test('what runs is crashed', async () => {
  const payload = '{"hang":true}';
  await steer('/functions', { functionName: 'hanging', code: '.', timeout: 600, triggers: [] });
  const invoked = local.cloud.callFunction({
    method: 'POST',
    path: '/2023-03-30/functions/hanging/invocations',
    query: {},
    headers: {},
    body: Buffer.from(payload),
  });
  expect((await steer('/functions/crash', { function: 'hanging' })).body).toEqual({ killed: 1 });
  expect(await invoked).toMatchObject({ headers: { 'x-fc-error-type': expect.any(String) } });
});

describe('is refused', () => {
  test.each([
    ['/functions', { functionName: 'x', code: '.', tymeout: 1 }],
    ['/functions', { functionName: 'x', code: './nowhere' }],
    ['/functions/timer', { function: 'rotate', trigger: 'daily' }],
    ['/functions/timer', { function: 'rotate', trigger: 'nightly', payload: 1 }],
    ['/functions/event', { events: [] }],
    ['/functions/event', { events: [{ source: 'x' }] }],
    ['/functions/event', { events: [{ source: 'x', type: 'y' }], function: 'nobody' }],
    [
      '/functions/event',
      { events: [{ source: 'x', type: 'y' }], function: 'rotate', form: 'smoke' },
    ],
    ['/functions/crash', {}],
    ['/queues', {}],
  ])('%s %j', async (path, body) => {
    expect((await steer(path, body)).status).toBe(400);
  });
});

test('the clock is stepped: what was good for a minute has expired, what is signed is too old', async () => {
  const before = local.cloud.now();
  const credentials = (await steer('/credentials', { role: 'rotate' })).body as Signer;
  const list = { endpoint: local.kms, version: '2016-01-20', action: 'ListSecrets', query: {} };
  const day = 24 * 3_600_000;
  const { body } = await steer('/clock', { stepMs: 2 * day });
  expect(Date.parse((body as { now: string }).now) - before).toBeGreaterThanOrEqual(2 * day - 1);
  expect((await send(signAcs3(list, credentials))).body['Code']).toBe(
    'InvalidSecurityToken.Expired',
  );
  expect((await send(signAcs3(list, local))).body['Code']).toBe('InvalidTimeStamp.Expired');
  await steer('/clock', { stepMs: -2 * day });
  expect((await send(signAcs3(list, local))).status).toBe(200);
  expect((await steer('/clock', { stepMs: 0.5 })).status).toBe(400);
});

describe('a page in a browser is turned away', () => {
  test('by where it comes from', async () => {
    const response = await fetch(`${local.control}/queues`, {
      method: 'POST',
      body: '{"name":"x"}',
      headers: { origin: 'https://example.com' },
    });
    expect(response.status).toBe(403);
  });

  test('by the name under which it found this address', async () => {
    const { port } = new URL(local.control);
    const headers = { host: `example.com:${port}` };
    const call = request({ host: '127.0.0.1', port, path: '/state?keys=1', headers }).end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
  });
});

test('a function without code fails and says so', async () => {
  await steer('/functions', {
    functionName: 'empty',
    asyncInvokeConfig: { maxAsyncRetryAttempts: 0 },
  });
  const events = [{ source: 'example', type: 'x' }];
  await steer('/functions/event', { events, function: 'empty' });
  await steer('/functions/idle');
  const { body } = await steer('/functions/invocations?function=empty');
  expect(JSON.stringify(body)).toContain('Function has no code');
});
