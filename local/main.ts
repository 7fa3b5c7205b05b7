/** `keyturn local`: the local cloud alone, until it is told to stop. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseFleet } from './fleet-file.ts';
import { Prng } from './prng.ts';
import { sampleFleet } from './sample-fleet.ts';
import { startLocalCloud } from './server.ts';
import { drawSwitches } from './switches.ts';

/** What the first line says: where everything is, and a key that may do everything. */
export interface Started {
  readonly vpc: string;
  readonly kms: string;
  readonly fc: string;
  readonly control: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly seed: number;
  readonly kmsRegion: string;
}

/**
 * Starts the cloud, prints its addresses as the first line, and says them to `onStart` before. Resolves when
 * a signal ends it.
 */
export async function runLocal(
  argv: readonly string[],
  onStart: (started: Started) => void = () => undefined,
): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: '0' },
      fleet: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'draw-switches': { type: 'boolean', default: false },
    },
  });
  const port = wholeNumber(values.port, 'port');
  const seed = wholeNumber(values.seed, 'seed');
  const { fleet: file } = values;
  const fleet = file === undefined ? sampleFleet() : parseFleet(readFileSync(file, 'utf8'));
  const folder = file === undefined ? process.cwd() : dirname(file);
  const switches = values['draw-switches'] ? drawSwitches(new Prng(seed)) : {};
  const local = await startLocalCloud({ fleet, port, seed, folder, switches });
  const { vpc, kms, fc, control, accessKeyId, accessKeySecret } = local;
  const { accountId } = local.cloud.credentials;
  const { kmsRegion } = fleet;
  const addresses = { vpc, kms, fc, control, accountId, accessKeyId, accessKeySecret, seed };
  onStart({ ...addresses, kmsRegion });
  process.stdout.write(`${JSON.stringify(addresses)}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await local.close();
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number`);
  return Number(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runLocal(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
