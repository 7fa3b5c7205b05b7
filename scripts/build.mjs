// Bundles every entry into dist/. Each bundle is self-contained: Function Compute gets one folder, and the
// command line starts without a node_modules folder. A function's folder holds, beside `index.mjs`, what that
// loads later (`import()`): a cold start reads none of it before its first request.
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';
import { entries, root, withoutUnreached } from './bundles.mjs';

/** The vendor's SDKs are CommonJS and call `require` for Node's own modules, which ESM does not have. */
const REQUIRE = [
  "import { createRequire as __keyturnRequire } from 'node:module';",
  'const require = __keyturnRequire(import.meta.url);',
].join('\n');

/** Largest a function's folder may be. */
const FUNCTION_BYTES_MAX = 800 * 1024;

async function bundle({ from, to, command }) {
  const folder = `dist/${dirname(to)}`;
  const result = await build({
    absWorkingDir: root,
    entryPoints: { [basename(to)]: from },
    outdir: folder,
    splitting: !command,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    // Names stay as they are: stack traces tell what happened, and Function Compute reports the class name of
    // what is thrown. (`keepNames` would define them anew, on each closure whenever it is made.)
    minifyIdentifiers: false,
    // Node.js loads eight modules for `performance`. Only p-retry asks it for the time, to limit what has no limit.
    define: command ? {} : { 'performance.now': 'Date.now' },
    legalComments: 'none',
    banner: { js: command ? `#!/usr/bin/env node\n${REQUIRE}` : REQUIRE },
    plugins: [withoutUnreached],
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(result.metafile.outputs);
  const bytes = outputs.reduce((sum, [, output]) => sum + output.bytes, 0);
  if (!command) {
    if (bytes > FUNCTION_BYTES_MAX) {
      throw new Error(`${folder} has ${bytes} bytes; ${FUNCTION_BYTES_MAX} are allowed`);
    }
    // Parts of an earlier build have other names.
    for (const name of readdirSync(`${root}${folder}`)) {
      if (!(`${folder}/${name}` in result.metafile.outputs)) rmSync(`${root}${folder}/${name}`);
    }
  }
  return { name: command ? `${folder}/${basename(to)}.mjs` : `${folder}/`, bytes };
}

const written = await Promise.all(entries().map(bundle));
if (!process.argv.includes('--quiet')) {
  for (const { name, bytes } of written) {
    console.log(`${name.padEnd(28)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB`);
  }
}
