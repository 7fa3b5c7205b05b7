/** What `npm pack` makes is what a user needs, and works where nothing else is. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

let folder: string;
let files: readonly string[];
let archive: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-pack-'));
  // The lane has built it already.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as readonly {
    filename: string;
    files: readonly { path: string }[];
  }[];
  files = packed?.files.map(({ path }) => path) ?? [];
  archive = join(folder, packed?.filename ?? '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the package', () => {
  test('has the functions, the command, the local cloud, and what a deployment takes', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
        'package.json',
        'dist/cli/keyturn.mjs',
        'dist/rotate/index.js',
        'dist/rotate/index.mjs',
        'dist/rotate/package.json',
        'dist/audit/index.js',
        'dist/local/main.mjs',
        's.yaml',
        's.fc2.yaml',
        'policies/keyturn-rotate.policy.json',
        'docs/errors.md',
      ]),
    );
  });

  test('has nothing else: no sources, tests or tools', () => {
    const needed =
      /^(?:(?:README|CHANGELOG)\.md|LICENSE|package\.json|s\.[\w.]*yaml|dist\/(?:local|cli)\/[\w-]+\.mjs|dist\/(?:rotate|dispatch|audit)\/(?:[\w-]+\.js|index\.mjs|package\.json)|(?:policies|alarms)\/[\w.-]+|docs\/[\w/.-]+\.(?:md|json|svg|txt))$/;
    expect(files.filter((file) => !needed.test(file))).toEqual([]);
    expect(files).not.toContain('dist/cli/demo.mjs');
  });
});

test('npx runs it in an empty folder, with no network and nothing else installed', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  const environment = {
    PATH: process.env['PATH'],
    HOME: empty,
    npm_config_cache: join(empty, '.npm'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const keyturn = async (...args: readonly string[]) =>
    (
      await run('npx', ['--yes', '--package', archive, 'keyturn', ...args], {
        cwd: empty,
        env: environment,
      })
    ).stdout;
  expect(await keyturn('--help')).toContain('keyturn [options] [command]');
  expect(await keyturn('completion', 'bash')).toContain(
    'complete -o filenames -F _keyturn keyturn',
  );
  // The local cloud is a bundle of its own: it reads its fleet, and says what is wrong with this one.
  writeFileSync(join(empty, 'fleet.json'), '{}');
  await expect(keyturn('local', '--fleet', 'fleet.json')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('fleet file: regions must be a list'),
  });
  expect(readdirSync(empty).toSorted()).toEqual(['.npm', 'fleet.json']);
});
