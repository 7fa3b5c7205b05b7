import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, KEY, startFc, type FcServer } from './fc-server.ts';

let server: FcServer;
beforeAll(async () => {
  server = await startFc();
  const { bundlePath } = server;
  server.fc.register({ name: 'quick', bundlePath, timeoutSeconds: 1, env: { SITE: 'east' } });
  server.fc.register({ name: 'patient', bundlePath, timeoutSeconds: 60, memoryMb: 128 });
  server.fc.register({ name: 'single', bundlePath, timeoutSeconds: 60, reservedConcurrency: 1 });
});
afterAll(() => server.close());

async function invoke(name: string, order: object): Promise<{ status: number; text: string }> {
  const { status, body } = await server.fc.handle({
    method: 'POST',
    path: `/2023-03-30/functions/${name}/invocations`,
    query: {},
    headers: {},
    body: Buffer.from(JSON.stringify(order)),
    caller: { accountId: ACCOUNT, accessKeyId: KEY.accessKeyId, roleName: null },
  });
  return { status, text: body.toString() };
}

test('the registered environment is there, credentials are not without a role', async () => {
  const { text } = await invoke('quick', {});
  expect(JSON.parse(text)).toMatchObject({ site: 'east', retryCount: 0 });
  expect(JSON.parse(text)).not.toHaveProperty('keyId');
});

test.each([
  ['quick', { hang: true }, 'Function time out after 1 seconds'],
  ['quick', { exit: true }, 'Process exited unexpectedly before completing request'],
  ['patient', { eat: true }, 'Function exceeded its memory limit of 128 MB'],
])('%s %o ends with an error', async (name, order, errorMessage) => {
  const { status, text } = await invoke(name, order);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({ errorMessage });
});

test('beyond its reserved concurrency a function is refused, and a crash frees the room', async () => {
  const running = invoke('single', { hang: true });
  expect(await invoke('single', {})).toMatchObject({ status: 429 });
  expect(server.fc.crash('single')).toBe(1);
  expect(JSON.parse((await running).text)).toEqual({
    errorMessage: 'Process exited unexpectedly before completing request',
  });
  expect(await invoke('single', {})).toMatchObject({ status: 200 });
});
