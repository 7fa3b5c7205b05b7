/** What docs/local-cloud.md tells people to type works as it stands. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFleet } from '../../local/fleet-file.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUIDE = readFileSync(join(ROOT, 'docs/local-cloud.md'), 'utf8');

function block(language: string): string {
  const [, text = ''] = GUIDE.split(`\n\`\`\`${language}\n`);
  return text.split('\n```')[0] ?? '';
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-guide-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'fleet.json'), block('json'));
  writeFileSync(join(folder, 'rekey.mjs'), block('js'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the example’s fleet is one', () => {
  expect(parseFleet(block('json')).connections).toHaveLength(1);
});

test('the example copes with a lost answer and ends with the tunnel up', async () => {
  const keyturn = `node ${join(ROOT, 'dist/cli/keyturn.mjs')}`;
  const script = `set -e\ntrap 'kill $! 2>/dev/null || true' EXIT\n${block('sh').replace('npx keyturn', keyturn)}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    timeout: 50_000,
  });
  expect(stdout).toContain('no answer: asking again with the same token');
  expect(stdout).toContain('active ipsec_sa_established');
  const [state = '', journal = ''] = stdout.split('\n').at(-1)?.split('}{"dropped"') ?? [];
  expect(state).toContain('"keys":["example-psk-old","example-psk-new"]');
  expect(journal.match(/"kind":"configured"/gu)).toHaveLength(1);
});
