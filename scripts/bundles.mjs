// What dist/ is made of, for the build and for the test that looks into the bundles.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders under functions/ whose index.ts is a library, not a function's entry. */
const LIBRARIES = new Set(['alicloud']);

/**
 * Packages that the vendor's clients load and that only calls which Keyturn does not make would reach: calls
 * of `wss` products through SOCKS proxies, uploads of code, shells in instances. They would be a third of a
 * bundle, and the HTTP client that fc2 uploads with has known vulnerabilities.
 */
const UNREACHED = /^(ws|socks-proxy-agent|axios|ali-oss)$/;

export const withoutUnreached = {
  name: 'without-unreached',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: UNREACHED }, ({ path }) => ({ path, namespace: 'unreached' }));
    onLoad({ filter: /./, namespace: 'unreached' }, () => ({ contents: '' }));
  },
};

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
