// Bundles every entry into dist/. Each bundle is self-contained: Function Compute gets one file, and the
// command line starts without a node_modules folder.
import { build } from 'esbuild';
import { entries, root, withoutUnreached } from './bundles.mjs';

/** The vendor's SDKs are CommonJS and call `require` for Node's own modules, which ESM does not have. */
const REQUIRE = [
  "import { createRequire as __keyturnRequire } from 'node:module';",
  'const require = __keyturnRequire(import.meta.url);',
].join('\n');

/** Largest a function's bundle may be: what is loaded before the first line of a cold start runs. */
const FUNCTION_BYTES_MAX = 800 * 1024;

async function bundle({ from, to, command }) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { [to]: from },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // Error names tell what happened; Function Compute reports the class name of what is thrown.
    keepNames: true,
    legalComments: 'none',
    banner: { js: command ? `#!/usr/bin/env node\n${REQUIRE}` : REQUIRE },
    plugins: [withoutUnreached],
    metafile: true,
    logLevel: 'warning',
  });
  return Object.entries(result.metafile.outputs).map(([file, { bytes }]) => {
    if (!command && bytes > FUNCTION_BYTES_MAX) {
      throw new Error(`${file} has ${bytes} bytes; ${FUNCTION_BYTES_MAX} are allowed`);
    }
    return { file, bytes };
  });
}

const written = (await Promise.all(entries().map(bundle))).flat();
if (!process.argv.includes('--quiet')) {
  for (const { file, bytes } of written) {
    console.log(`${file.padEnd(28)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB`);
  }
}
