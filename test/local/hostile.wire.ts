/** Clients that mean harm, or are broken: the cloud goes on answering, and its memory stays where it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { send, signAcs3 } from './sign.ts';
import type { Signer } from './sign.ts';

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

/** Whatever a socket still has to hear of comes in its own time; the test's timeout bounds the wait. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
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

describe('ten thousand connections that say nothing', () => {
  const IDLE = 10_000;
  /** As `MAX_CONNECTIONS` of the server says. */
  const BOUND = 2_000;
  const BATCH = 500;

  /** In a process of its own, so that its memory is its own. */
  async function startProcess(): Promise<{ pid: number; vpc: string; key: Signer }> {
    const bundle = fileURLToPath(new URL('../../dist/local/main.mjs', import.meta.url));
    const child = spawn(process.execPath, [bundle], { stdio: ['ignore', 'pipe', 2] });
    onTestFinished(() => void child.kill());
    if (child.stdout === null || child.pid === undefined) throw new Error('it did not start');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { vpc, ...key } = JSON.parse(line) as Signer & { vpc: string };
    return { pid: child.pid, vpc, key };
  }

  /** Resident memory; 0 where there is no /proc. */
  function residentMb(pid: number): number {
    const file = `/proc/${pid}/status`;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return Number(/VmRSS:\s+(\d+) kB/u.exec(text)?.[1] ?? 0) / 1_024;
  }

  test('make room for each other, and for everybody else', async () => {
    const { pid, vpc, key } = await startProcess();
    const served = async (): Promise<number> => {
      const action = 'DescribeVpnGateways';
      const query = { RegionId: 'cn-hangzhou' };
      const described = { endpoint: vpc, action, version: '2016-04-28', query };
      return (await send(signAcs3(described, key))).status;
    };
    expect(await served()).toBe(200);
    const before = residentMb(pid);
    const idle: Socket[] = [];
    while (idle.length < IDLE) {
      idle.push(...(await Promise.all(Array.from({ length: BATCH }, () => open(vpc)))));
      expect(await served()).toBe(200);
    }
    expect(idle).toHaveLength(IDLE);
    await until(() => idle.filter(({ closed }) => !closed).length <= BOUND);
    expect(idle.at(-1)?.closed).toBe(false);
    // 2,000 sockets at some tens of kilobytes each, and nothing that grows with those that went.
    expect(residentMb(pid) - before).toBeLessThan(150);
  });

  test('never take the place of one that waits for its answer', async () => {
    local.cloud.faults.set([{ kind: 'stall-before' }]);
    const waiting = await open(local.vpc);
    const described = {
      endpoint: local.vpc,
      action: 'DescribeVpnGateways',
      version: '2016-04-28',
      query: { RegionId: 'cn-hangzhou' },
    };
    const { url, headers } = signAcs3(described, local);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { host, pathname, search } = new URL(url);
    waiting.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`);
    await until(() => local.cloud.faults.met.get('stall-before') === 1);
    const idle: Socket[] = [];
    while (idle.length <= BOUND) {
      idle.push(...(await Promise.all(Array.from({ length: BATCH }, () => open(local.vpc)))));
    }
    await until(() => idle.filter(({ closed }) => !closed).length < BOUND);
    expect(waiting.closed).toBe(false);
  });
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
