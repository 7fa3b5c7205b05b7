import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LEASE_SECRET, makeEstate } from '../estate.ts';
import type { Estate } from '../estate.ts';
import { atMost, reported } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';

const MIB_MAX = 160;

/** The limits that Node 20 gives itself in a function of 256 MB, the size in s.yaml; this machine has more. */
const HEAP_LIMITS = ['--max-old-space-size=256', '--max-semi-space-size=1'];

/**
 * Real time has to pass here, so windows last milliseconds, and a hundred tunnels a region stay under the
 * write quota of its first minute. What is kept in memory is a matter of tunnels, not of either.
 */
function estateOf(tunnels: number): Estate {
  const regions = tunnels / 100;
  return makeEstate({
    seed: 1,
    regions,
    gateways: regions * 10,
    connectionsPerGateway: 5,
    sites: 'mesh',
    windowMs: { min: 1, max: 5 },
  });
}

interface Ended {
  readonly outcome: string;
  readonly loadedKiB: number;
  readonly peakKiB: number;
}

/** A run of the built function over an estate, each in a process of its own: the function and the cloud. */
async function runOver(estate: Estate): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  const stop = new AbortController();
  try {
    const file = join(folder, 'fleet.json');
    writeFileSync(file, JSON.stringify(estate.fleet));
    const local = spawn(process.execPath, ['dist/local/main.mjs', '--fleet', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      signal: stop.signal,
    });
    local.on('error', () => undefined);
    const [first] = (await once(createInterface({ input: local.stdout }), 'line')) as [string];
    return await invoke(JSON.parse(first) as Record<string, string>);
  } finally {
    stop.abort();
    rmSync(folder, { recursive: true });
  }
}

async function invoke(addresses: Readonly<Record<string, string>>): Promise<Ended> {
  const child = fork('bench/children/rotate-once.cjs', [resolve('dist/rotate/index.js')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: HEAP_LIMITS,
    env: {
      // As in s.yaml.
      MALLOC_ARENA_MAX: '1',
      KEYTURN_SECRETS: 'vpn/*',
      KEYTURN_LEASE_SECRET: LEASE_SECRET,
      KEYTURN_REGION: 'cn-bench-0',
      KEYTURN_KMS_ENDPOINT: addresses['kms'],
      KEYTURN_VPC_ENDPOINT: addresses['vpc'],
      BENCH_ACCESS_KEY_ID: addresses['accessKeyId'],
      BENCH_ACCESS_KEY_SECRET: addresses['accessKeySecret'],
    },
  });
  const closed = once(child, 'close').then((): never => {
    throw new Error('the function ended without an answer');
  });
  closed.catch(() => undefined);
  const [answer] = (await Promise.race([once(child, 'message'), closed])) as [Ended];
  return answer;
}

const MIB = 1024;

async function measure(
  sizes: readonly [number, number],
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const [few, many] = sizes;
  const small = await runOver(estateOf(few));
  const large = await runOver(estateOf(many));
  say(`${few} tunnels: ${small.outcome}, ${(small.peakKiB / MIB).toFixed(1)} MiB`);
  say(`${many} tunnels: ${large.outcome}, ${(large.peakKiB / MIB).toFixed(1)} MiB`);
  return [
    reported('memory: peak RSS with the bundle loaded', large.loadedKiB / MIB, 'MiB'),
    reported(`memory: peak RSS of a run over ${few} tunnels`, small.peakKiB / MIB, 'MiB'),
    atMost(`memory: peak RSS of a run over ${many} tunnels`, large.peakKiB / MIB, 'MiB', MIB_MAX),
    reported('memory: growth a tunnel', (large.peakKiB - small.peakKiB) / (many - few), 'KiB'),
  ];
}

export const MEMORY: readonly Section[] = [
  {
    name: 'memory',
    title: 'a run over 10,000 tunnels, real process over HTTP, as in a function of 256 MB',
    quick: false,
    run: (say) => measure([1_000, 10_000], say),
  },
];
