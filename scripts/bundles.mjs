// What dist/ is made of, for the build and for the test that looks into the bundles.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
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
 * The modules that each function needs only when KMS has answered, and what is called of them there. The first of
 * these calls loads them, all in one file.
 */
const LATE = {
  rotate: {
    'functions/core/parse-document.ts': ['parseDocument'],
    'functions/report/attention.ts': ['attentionOf', 'attentionOfError'],
    'functions/run/hand-on.ts': ['handOn'],
    'functions/run/work.ts': ['planOf', 'workOff'],
  },
  dispatch: {
    'functions/core/parse-document.ts': ['parseDocument'],
    'functions/run/look-at.ts': ['lookAt'],
    'functions/run/survey.ts': ['survey'],
  },
  audit: {
    'functions/core/parse-document.ts': ['parseDocument'],
    'functions/report/audit-data.ts': ['auditLines', 'auditReport'],
    'functions/run/prepare.ts': ['fingerprintOf', 'prepareFrom'],
  },
};
const ENGINE = './engine.js';

/**
 * Puts what a function loads later into files of their own, and all that it loads at once into one: each of the
 * later files imports the entry, so there is nothing that only some of them share with it.
 */
function loadedLater(entry) {
  const first = `import ${JSON.stringify(resolve(root, entry))};`;
  const late = new Map(
    Object.entries(LATE[basename(dirname(entry))]).map(([file, calls]) => [
      resolve(root, file),
      calls,
    ]),
  );
  return {
    name: 'loaded-later',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\.\/engine\.js$/ }, ({ path, kind }) =>
        kind === 'entry-point' ? { path, namespace: 'engine' } : { path, external: true },
      );
      onLoad({ filter: /./, namespace: 'engine' }, () => ({
        contents: [
          first,
          ...[...late].map(
            ([file, calls]) => `export { ${calls.join(', ')} } from ${JSON.stringify(file)};`,
          ),
        ].join('\n'),
        resolveDir: root,
      }));
      onResolve({ filter: /\.ts$/ }, ({ path, kind, namespace, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (kind === 'dynamic-import') return { path: file, namespace: 'later' };
        const called = namespace !== 'engine' && late.has(file);
        return called ? { path: file, namespace: 'calls' } : undefined;
      });
      onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
        contents: `${first}\nexport * from ${JSON.stringify(path)};`,
        resolveDir: root,
      }));
      onLoad({ filter: /./, namespace: 'calls' }, ({ path }) => ({
        contents: late
          .get(path)
          .map((name) => `export const ${name} = (...all) => require('${ENGINE}').${name}(...all);`)
          .join('\n'),
      }));
    },
  };
}

/** How esbuild bundles a function: what it loads at once is in `index.js` and in what that imports. */
export function functionBuild(entry) {
  return {
    absWorkingDir: root,
    entryPoints: { index: entry, engine: ENGINE },
    bundle: true,
    // esbuild splits ESM only.
    splitting: true,
    format: 'esm',
    platform: 'node',
    plugins: [withoutUnreached, loadedLater(entry)],
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
