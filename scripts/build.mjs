// Bundles every entry into dist/. A program is one ESM file, which starts without a node_modules folder. A function
// is a folder of CommonJS, which Node.js loads sooner: `index.js`, and beside it what that loads later.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, transform } from 'esbuild';
import { entries, functionBuild, root, withoutUnreached } from './bundles.mjs';

const COMMON = {
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay as they are: stack traces tell what happened, and Function Compute reports the class name of
  // what is thrown. (`keepNames` would define them anew, on each closure whenever it is made.)
  minifyIdentifiers: false,
  legalComments: 'none',
  logLevel: 'warning',
};

/** The vendor's SDKs are CommonJS and call `require` for Node's own modules, which ESM does not have. */
const REQUIRE = [
  '#!/usr/bin/env node',
  "import { createRequire as __keyturnRequire } from 'node:module';",
  'const require = __keyturnRequire(import.meta.url);',
].join('\n');

/** Largest a function's folder may be. */
const FUNCTION_BYTES_MAX = 800 * 1024;

async function bundleProgram({ from, to }) {
  const outfile = `dist/${to}.mjs`;
  const { metafile } = await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: [from],
    outfile,
    bundle: true,
    format: 'esm',
    banner: { js: REQUIRE },
    plugins: [withoutUnreached],
    metafile: true,
  });
  return { name: outfile, bytes: metafile.outputs[outfile].bytes };
}

async function bundleFunction({ from, to }) {
  const folder = `dist/${dirname(to)}`;
  const { outputFiles, metafile } = await build({
    ...functionBuild(from),
    ...COMMON,
    outdir: folder,
    // Node.js loads eight modules for `performance`. Only p-retry asks it for the time, to limit what has no limit.
    define: { 'performance.now': 'Date.now' },
  });
  const atOnce = onlyImportOf(metafile, `${folder}/index.js`);
  const files = await Promise.all(
    outputFiles
      .filter(({ path }) => basename(path) !== 'index.js')
      .map(async ({ path, text }) => {
        const { code } = await transform(text, {
          ...COMMON,
          format: 'cjs',
          supported: { 'dynamic-import': false },
        });
        const name = basename(path) === atOnce ? 'index.js' : basename(path);
        return [name, code.replaceAll(`"./${atOnce}"`, '"./index.js"')];
      }),
  );
  // So that `index.js` is CommonJS wherever the folder is put, below this project too.
  files.push(['package.json', '{"type":"commonjs"}\n']);
  // For whoever imports the function as a module. `index.handler` may mean either: they are the same.
  files.push(['index.mjs', "export { handler } from './index.js';\n"]);
  write(folder, files);
  return { name: `${folder}/`, bytes: files.reduce((sum, [, text]) => sum + text.length, 0) };
}

/** The name of the file that has all of `index.js`, which imports it and exports what it exports. */
function onlyImportOf({ outputs }, index) {
  const imported = outputs[index].imports.filter(({ kind }) => kind === 'import-statement');
  const names = imported.map(({ path }) => basename(path));
  if (names.length !== 1 || Object.keys(outputs[index].inputs).length > 0) {
    throw new Error(`${index} is not one other file alone: ${names.join(', ')}`);
  }
  return names[0];
}

function write(folder, files) {
  const bytes = files.reduce((sum, [, text]) => sum + text.length, 0);
  if (bytes > FUNCTION_BYTES_MAX) {
    throw new Error(`${folder} has ${bytes} bytes; ${FUNCTION_BYTES_MAX} are allowed`);
  }
  const path = join(root, folder);
  mkdirSync(path, { recursive: true });
  // Parts of an earlier build have other names.
  const names = new Set(files.map(([name]) => name));
  for (const name of readdirSync(path)) if (!names.has(name)) rmSync(join(path, name));
  for (const [name, text] of files) writeFileSync(join(path, name), text);
}

const written = await Promise.all(
  entries().map((entry) => (entry.command ? bundleProgram(entry) : bundleFunction(entry))),
);
if (!process.argv.includes('--quiet')) {
  for (const { name, bytes } of written) {
    console.log(`${name.padEnd(28)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB`);
  }
}
