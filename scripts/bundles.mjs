// What dist/ is made of, for the build and for the test that looks into the bundles.
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders under functions/ whose index.ts is a library, not a function's entry. */
const LIBRARIES = new Set(['alicloud']);

/**
 * What the vendor's clients load and never reach in the calls that Keyturn makes. It would be half of what a
 * cold start has to read, part of it has known vulnerabilities, and `debug` would print keys if it were told to.
 */
const UNREACHED = [
  // WebSocket products, files, dates and XML, in what the newer clients are made of.
  { packages: ['./websocket', './file', './date', './xml'], from: /@darabonba\/typescript\// },
  { packages: ['./websocketUtils'], from: /@alicloud\/openapi-core\// },
  // One function of its three hundred, for the methods of generated clients.
  { packages: ['lodash'] },
  // XML answers: every action here speaks JSON.
  { packages: ['xml2js'] },
  // Runtime options for callers of typed methods; the RPC client itself takes none of it.
  { packages: ['@darabonba/typescript'], from: /@alicloud\/tea-util\// },
  // Credentials that a client would make for itself: it is always given one.
  {
    packages: ['@alicloud/credentials'],
    from: /@alicloud\/(openapi-core|rpc-client|gateway-spi)\//,
  },
  // Uploads of code, and shells in instances, by fc2.
  { packages: ['ali-oss', 'axios', 'ws'] },
  { packages: ['debug'], contents: 'module.exports = () => () => {};' },
  // For compressed answers, which nothing here asks for: loaded by the first of them.
  {
    packages: ['zlib'],
    from: /\/httpx\//,
    contents: ['createGunzip', 'createInflate']
      .map((name) => `exports.${name} = () => require('node:zlib').${name}();`)
      .join(''),
  },
];

export const withoutUnreached = {
  name: 'without-unreached',
  setup({ onLoad, onResolve }) {
    for (const { packages, from = /./, contents = '' } of UNREACHED) {
      const filter = new RegExp(`^(${packages.join('|')})$`);
      onResolve({ filter }, ({ path, importer }) =>
        from.test(importer)
          ? { path, namespace: 'unreached', pluginData: { contents } }
          : undefined,
      );
    }
    onLoad({ filter: /./, namespace: 'unreached' }, ({ pluginData }) => ({
      contents: pluginData.contents,
      resolveDir: root,
    }));
  },
};

/**
 * Has what a function imports late (`import()`) import its entry first: so there is nothing that only some of
 * its files share, and what it loads at once is one file.
 */
const entryFirst = (entry) => ({
  name: 'entry-first',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) =>
      kind === 'dynamic-import'
        ? { path: resolve(resolveDir, path), namespace: 'entry-first' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'entry-first' }, ({ path }) => ({
      contents: [
        `import ${JSON.stringify(resolve(root, entry))};`,
        `export * from ${JSON.stringify(path)};`,
      ].join('\n'),
      resolveDir: root,
    }));
  },
});

/** How esbuild bundles a function: what it loads at once is in `index.js` and in what that imports. */
export function functionBuild(entry) {
  return {
    absWorkingDir: root,
    entryPoints: { index: entry },
    bundle: true,
    // esbuild splits ESM only.
    splitting: true,
    format: 'esm',
    platform: 'node',
    plugins: [withoutUnreached, entryFirst(entry)],
    metafile: true,
    write: false,
  };
}

/** Every entry, where its bundle goes, and whether it is a program to be started. */
export function entries() {
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
