import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { median } from '../median.ts';
import { atMost, reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

const BUNDLE = 'dist/rotate/index.js';
const BUNDLE_KIB_MAX = 800;
const ROUNDS = 21;

/** A process to start, and when it counts as started: at its end, or at its first request of KMS. */
interface Start {
  readonly name: string;
  readonly args: readonly string[];
  readonly until: 'exit' | 'request';
}

const STARTS = {
  node: { name: 'node -e 0', args: ['-e', '0'], until: 'exit' },
  loaded: { name: 'rotate bundle loaded', args: [BUNDLE], until: 'exit' },
  floor: {
    name: 'node alone: a request',
    args: ['bench/children/node-request.cjs'],
    until: 'request',
  },
  request: {
    name: 'rotate: first KMS request',
    args: ['bench/children/rotate-once.cjs', resolve(BUNDLE)],
    until: 'request',
  },
  sdks: {
    name: 'whole SDKs: first KMS request',
    args: ['bench/children/whole-sdks.cjs'],
    until: 'request',
  },
} as const satisfies Readonly<Record<string, Start>>;

type StartName = keyof typeof STARTS;

/** Milliseconds of each start, in rounds: what disturbs the machine disturbs all of them alike. */
async function timeStarts(rounds: number): Promise<Readonly<Record<StartName, number[]>>> {
  let onRequest = (): void => undefined;
  const server = createServer((_request, response) => {
    onRequest();
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    KEYTURN_SECRETS: 'vpn/bench',
    KEYTURN_REGION: 'cn-bench-0',
    KEYTURN_KMS_ENDPOINT: endpoint,
    KEYTURN_VPC_ENDPOINT: endpoint,
    BENCH_ACCESS_KEY_ID: 'example-id',
    BENCH_ACCESS_KEY_SECRET: 'example-secret',
  };
  const time = async ({ args, until }: Start): Promise<number> => {
    const requested = new Promise<void>((arrived) => {
      onRequest = arrived;
    });
    const begun = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const closed = once(child, 'close');
    await (until === 'exit' ? closed : Promise.race([requested, closed.then(neverAsked)]));
    const length = performance.now() - begun;
    child.kill('SIGKILL');
    await closed;
    return length;
  };
  const times = { node: [], loaded: [], floor: [], request: [], sdks: [] } as Record<
    StartName,
    number[]
  >;
  const names = Object.keys(STARTS) as StartName[];
  // One round that does not count: the files come into the page cache.
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const length = await time(STARTS[name]);
      if (round >= 0) times[name].push(length);
    }
  }
  server.close();
  return times;
}

function neverAsked(): never {
  throw new Error('the process ended without asking KMS');
}

async function measureStarts(rounds: number, say: (text: string) => void): Promise<readonly Row[]> {
  const times = await timeStarts(rounds);
  const ms = (name: StartName): number => median(times[name]);
  const names = Object.keys(STARTS) as StartName[];
  say(
    table(
      ['from the start of the process', 'median ms', 'least ms', '÷ node -e 0'],
      names.map((name) => [
        STARTS[name].name,
        ms(name).toFixed(0),
        Math.min(...times[name]).toFixed(0),
        (ms(name) / ms('node')).toFixed(2),
      ]),
    ),
  );
  return [
    reported('start: node -e 0', ms('node'), 'ms'),
    reported('start: a request of node alone ÷ node -e 0', ms('floor') / ms('node'), ''),
    reported('start: rotate bundle loaded ÷ node -e 0', ms('loaded') / ms('node'), ''),
    atMost('start: first KMS request ÷ node -e 0', ms('request') / ms('node'), '', 2),
    reported('start: whole SDKs’ first KMS request ÷ rotate’s', ms('sdks') / ms('request'), ''),
  ];
}

function measureBundles(): readonly Row[] {
  const functions = readdirSync('dist').filter((name) =>
    ['rotate', 'dispatch', 'audit'].includes(name),
  );
  return functions.flatMap((name): Row[] => {
    const files = readdirSync(`dist/${name}`).map((file) => readFileSync(`dist/${name}/${file}`));
    const kib = files.reduce((sum, { length }) => sum + length, 0) / 1024;
    const gzipped = files.reduce((sum, file) => sum + gzipSync(file).length, 0) / 1024;
    return [
      name === 'rotate'
        ? atMost(`bundle ${name}`, kib, 'KiB', BUNDLE_KIB_MAX)
        : reported(`bundle ${name}`, kib, 'KiB'),
      reported(`bundle ${name}, gzipped`, gzipped, 'KiB'),
    ];
  });
}

export const STARTING: readonly Section[] = [
  {
    name: 'start',
    title: 'cold start, real processes',
    quick: false,
    run: (say) => measureStarts(ROUNDS, say),
  },
  {
    name: 'bundles',
    title: 'what a cold start has to read',
    quick: true,
    run: () => Promise.resolve(measureBundles()),
  },
];
