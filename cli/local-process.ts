import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where a local cloud listens, as its first line says. */
export interface LocalAddresses {
  readonly vpc: string;
  readonly kms: string;
  readonly control: string;
  readonly accountId: string;
}

/** The local cloud as a process of its own; `stop` ends it. */
export async function startLocalProcess(stop: AbortSignal): Promise<LocalAddresses> {
  const bundle = fileURLToPath(new URL('../local/main.mjs', import.meta.url));
  const child = spawn(process.execPath, [bundle], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: stop,
  });
  child.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout });
  const [first] = (await Promise.race([once(lines, 'line'), endOf(child)])) as [string];
  lines.close();
  return JSON.parse(first) as LocalAddresses;
}

async function endOf(child: ChildProcess): Promise<never> {
  const [status] = (await once(child, 'close')) as [number | null];
  throw new Error(`the local cloud ended before it began (status ${status ?? 'none'})`);
}
