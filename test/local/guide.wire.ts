/** What docs/local-cloud.md tells people to type works as it stands. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFleet } from '../../local/fleet-file.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUIDE = readFileSync(join(ROOT, 'docs/local-cloud.md'), 'utf8');

/** The examples in the order of the page. */
function block(language: string, index = 0): string {
  const text = GUIDE.split(`\n\`\`\`${language}\n`)[index + 1] ?? '';
  return text.split('\n```')[0] ?? '';
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-guide-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Types the nth example, in a folder with these files. Gives what it prints. */
async function type(index: number, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const keyturn = `node ${join(ROOT, 'dist/cli/keyturn.mjs')}`;
  const typed = block('sh', index).replace('npx keyturn', keyturn);
  const script = `set -e\ntrap 'kill $! 2>/dev/null || true' EXIT\n${typed}`;
  const options = { cwd: folder, timeout: 50_000 };
  return (await promisify(execFile)('bash', ['-c', script], options)).stdout;
}

test('the examples’ fleets are some', () => {
  expect(parseFleet(block('json')).connections).toHaveLength(1);
  expect(parseFleet(block('json', 1)).functions).toHaveLength(1);
});

test('the first example copes with a lost answer and ends with the tunnel up', async () => {
  const stdout = await type(0, { 'fleet.json': block('json'), 'rekey.mjs': block('js') });
  expect(stdout).toContain('no answer: asking again with the same token');
  expect(stdout).toContain('active ipsec_sa_established');
  const [state = '', journal = ''] = stdout.split('\n').at(-1)?.split('}{"dropped"') ?? [];
  expect(state).toContain('"keys":["example-psk-old","example-psk-new"]');
  expect(journal.match(/"kind":"configured"/gu)).toHaveLength(1);
});

test('the second example runs a function by its timer', async () => {
  const stdout = await type(1, {
    'functions.json': block('json', 1),
    'count/index.mjs': block('js', 1),
  });
  expect(stdout).toContain('"outcome":"returned","payload":"1","logs":"secrets: 1\\n"');
});
