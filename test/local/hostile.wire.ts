/** Clients that mean harm, or are broken: the cloud goes on answering, and its memory stays where it was. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { send, signAcs3 } from './sign.ts';

const MEGABYTE = 1_048_576;

let local: LocalCloud;
const sockets: Socket[] = [];
beforeEach(async () => {
  local = await startLocalCloud({ fleet: sampleFleet() });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await local.close();
});

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What comes back before the other side closes. */
async function exchange(text: string | Buffer): Promise<string> {
  const socket = await open(local.vpc);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  socket.write(text);
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

async function answers(): Promise<number> {
  const described = {
    endpoint: local.vpc,
    action: 'DescribeVpnGateways',
    version: '2016-04-28',
    query: { RegionId: 'cn-hangzhou' },
  };
  const { status } = await send(signAcs3(described, local));
  return status;
}

describe('is turned away, and the next client is served', () => {
  const HOSTILE: readonly (readonly [string, string | Buffer])[] = [
    ['bytes that are no HTTP', Buffer.from(Array.from({ length: 4_096 }, (_, at) => at % 256))],
    ['a query of 10 MB', `GET /?x=${'y'.repeat(10 * MEGABYTE)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [
      'malformed chunking',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    ['an endless header', `GET / HTTP/1.1\r\nX: ${'x'.repeat(MEGABYTE)}`],
  ];

  test.each(HOSTILE)('%s', async (_name, bytes) => {
    expect(await exchange(bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/u);
    expect(await answers()).toBe(200);
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    ['no signature at all', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    [
      'names of the object prototype',
      'GET /?__proto__=1&constructor=2&Action=toString&Version=2016-04-28 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
    [
      'broken percent-encoding',
      'GET /?Action=%zz&Version=2016-04-28&AccessKeyId=%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
  ];

  test.each(REFUSED)('%s', async (_name, bytes) => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 40[04] [\s\S]*"Code":"[A-Z]/u);
    expect(await answers()).toBe(200);
  });
});

test('a body that comes byte by byte holds nobody up', async () => {
  const slow = await Promise.all(Array.from({ length: 100 }, () => open(local.vpc)));
  for (const socket of slow) {
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\na');
  }
  expect(await answers()).toBe(200);
  for (const socket of slow) socket.write('b');
  expect(await answers()).toBe(200);
});

test('idle connections past the bound make room, the oldest first', async () => {
  const idle: Socket[] = [];
  for (let batch = 0; batch < 22; batch += 1) {
    const opened = Array.from({ length: 100 }, () => open(local.vpc));
    idle.push(...(await Promise.all(opened)));
  }
  expect(await answers()).toBe(200);
  const [oldest] = idle;
  if (oldest?.closed === false) await once(oldest, 'close');
  expect(idle.at(-1)?.destroyed).toBe(false);
});

test('a body past the largest event of a function is refused', async () => {
  const { hostname, port } = new URL(local.vpc);
  const call = request({ hostname, port, method: 'POST' });
  call.on('error', () => {});
  const answered = once(call, 'response');
  for (let sent = 0; sent <= 33; sent += 1) call.write(Buffer.alloc(MEGABYTE));
  const [response] = (await answered) as [{ statusCode: number }];
  expect(response.statusCode).toBe(413);
  call.destroy();
  expect(await answers()).toBe(200);
});

test('memory after two hundred megabytes of refused bodies is what it was', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const body = 'x'.repeat(MEGABYTE);
  const refuse = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      const response = await fetch(local.vpc, { method: 'POST', body });
      await response.arrayBuffer();
    }
  };
  await refuse(5);
  const before = used();
  await refuse(200);
  // Well below what was sent: client and server share this process, and both have buffers of their own.
  expect(used() - before).toBeLessThan(60 * MEGABYTE);
});
