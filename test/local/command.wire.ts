/** `keyturn local` as people start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Prng } from '../../local/prng.ts';
import { drawSwitches } from '../../local/switches.ts';

const KEYTURN = fileURLToPath(new URL('../../dist/cli/keyturn.mjs', import.meta.url));

async function firstLine(args: readonly string[]): Promise<Record<string, unknown> | null> {
  const child = spawn(process.execPath, [KEYTURN, 'local', ...args], {
    stdio: ['ignore', 'pipe', 2],
  });
  onTestFinished(() => void child.kill());
  if (child.stdout === null) throw new Error('no output');
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const first = await Promise.race([line, once(child, 'exit').then(() => null)]);
  return first === null ? null : (JSON.parse(first[0]) as Record<string, unknown>);
}

test('--draw-switches draws what nobody knows by the seed, which the first line repeats', async () => {
  const started = await firstLine(['--draw-switches', '--seed', '7']);
  expect(started?.['seed']).toBe(7);
  const response = await fetch(`${String(started?.['control'])}/switches`);
  expect(await response.json()).toMatchObject({ now: drawSwitches(new Prng(7)) });
});

test('--port fixes all four ports', async () => {
  // Somebody else can have taken one of them; then another place is tried.
  for (let port = 21_040; port < 21_140; port += 10) {
    const started = await firstLine(['--port', String(port)]);
    if (started === null) continue;
    const names = ['vpc', 'kms', 'fc', 'control'];
    const ports = names.map((name) => new URL(String(started[name])).port);
    expect(ports).toEqual([0, 1, 2, 3].map((step) => String(port + step)));
    return;
  }
  throw new Error('no ten ports in a row were free');
});
