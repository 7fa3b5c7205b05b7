// Bundles a program of this project and runs it: `run-bundled.mjs FOLDER/…/main.ts [arguments]`.
import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [entry, ...args] = process.argv.slice(2);
const outfile = `${root}dist/${basename(dirname(entry))}/main.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  keepNames: true,
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [outfile, ...args], {
  stdio: 'inherit',
  cwd: root,
});
process.exitCode = status ?? 1;
