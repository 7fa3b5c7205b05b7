/** The vendor's core against an HTTP server on loopback: what it leaves behind when an answer is there. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCredential } from '../../functions/alicloud/credentials.ts';
import { createVpcClient } from '../../functions/alicloud/vpc-client.ts';

const TIMEOUT_MS = 60_000;
const body = { RequestId: 'r', TotalCount: 0, VpnGateways: { VpnGateway: [] } };
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('no timer of the vendor’s holds a request that has its answer', async () => {
  const sockets = new Set<object>();
  const onAnswer = (message: unknown): void => {
    const { request } = message as { readonly request: { readonly socket: object } };
    sockets.add(request.socket);
  };
  subscribe('http.client.response.finish', onAnswer);
  const { port } = server.address() as AddressInfo;
  const call = createVpcClient({
    credential: createCredential(() => ({
      accessKeyId: 'LTAI-example',
      accessKeySecret: 'example-secret',
    })),
    endpointOf: () => ({ host: `127.0.0.1:${port}`, protocol: 'http' }),
    timeoutMs: TIMEOUT_MS,
  });
  const answer = await call({
    product: 'vpc',
    action: 'DescribeVpnGateways',
    regionId: 'cn-hangzhou',
    query: { RegionId: 'cn-hangzhou' },
    body: null,
  });
  unsubscribe('http.client.response.finish', onAnswer);
  expect(answer).toEqual({ kind: 'ok', body });
  expect(sockets.size).toBe(1);
  const timers = [...sockets].flatMap(readTimersOf);
  // Where there is none the vendor has changed its ways, and ours is not needed any more.
  expect(timers).toHaveLength(1);
  expect(timers[0]).toHaveProperty('_destroyed', true);
});

function readTimersOf(socket: object): readonly unknown[] {
  return Object.getOwnPropertySymbols(socket)
    .filter(({ description }) => description === 'TIMER::READ_TIMER')
    .map((symbol) => (socket as Readonly<Record<symbol, unknown>>)[symbol]);
}
