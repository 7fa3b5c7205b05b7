// Bundles every entry into dist/. Each bundle is self-contained: Function Compute gets one file, and the
// command line starts without a node_modules folder.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders under functions/ whose index.ts is a library, not a function's entry. */
const LIBRARIES = new Set(['alicloud']);

/** The vendor's SDKs are CommonJS and call `require` for Node's own modules, which ESM does not have. */
const REQUIRE = [
  "import { createRequire as __keyturnRequire } from 'node:module';",
  'const require = __keyturnRequire(import.meta.url);',
].join('\n');

/** Largest a function's bundle may be: what is loaded before the first line of a cold start runs. */
const FUNCTION_BYTES_MAX = 800 * 1024;

/**
 * Packages that the vendor's clients load and that only calls which Keyturn does not make would reach: calls
 * of `wss` products through SOCKS proxies, uploads of code, shells in instances. They would be a third of a
 * bundle, and the HTTP client that fc2 uploads with has known vulnerabilities.
 */
const UNREACHED = /^(ws|socks-proxy-agent|axios|ali-oss)$/;

const withoutUnreached = {
  name: 'without-unreached',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: UNREACHED }, ({ path }) => ({ path, namespace: 'unreached' }));
    onLoad({ filter: /./, namespace: 'unreached' }, () => ({ contents: '' }));
  },
};

function entries() {
  const functions = readdirSync(`${root}functions`)
    .filter((name) => !LIBRARIES.has(name) && existsSync(`${root}functions/${name}/index.ts`))
    .map((name) => ({ from: `functions/${name}/index.ts`, to: `${name}/index`, command: false }));
  const programs = [
    { from: 'cli/keyturn.ts', to: 'cli/keyturn', command: true },
    { from: 'cli/demo.ts', to: 'cli/demo', command: true },
    { from: 'cli/function-host.ts', to: 'cli/function-host', command: true },
    { from: 'local/main.ts', to: 'local/main', command: true },
    { from: 'local/fc/runner.ts', to: 'local/runner', command: true },
  ];
  return [...functions, ...programs.filter(({ from }) => existsSync(`${root}${from}`))];
}

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
