/** What a cold start has to read before its first request is little, and nothing joins it unnoticed. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

/** The packages in a bundle's entry and in the parts that it loads at once. */
async function packagesAtOnce(from: string): Promise<readonly string[]> {
  const bundles = new URL('scripts/bundles.mjs', ROOT).href;
  const { withoutUnreached } = (await import(bundles)) as { readonly withoutUnreached: Plugin };
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: { index: from },
    plugins: [withoutUnreached],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const packages = partsAtOnce(metafile, 'dist/index.js').flatMap((part) =>
    Object.keys(metafile.outputs[part]?.inputs ?? {}).flatMap(
      (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1] ?? [],
    ),
  );
  return [...new Set(packages)].toSorted();
}

function partsAtOnce({ outputs }: Metafile, entry: string): readonly string[] {
  const found = new Set([entry]);
  for (const part of found) {
    for (const { path, kind } of outputs[part]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) found.add(path);
    }
  }
  return [...found];
}

test.each(['rotate', 'dispatch', 'audit'])(
  '%s has the way to KMS at once, and the rest later',
  async (name) => {
    expect(await packagesAtOnce(`functions/${name}/index.ts`)).toEqual([
      '@alicloud/rpc-client',
      '@alicloud/rpc-util',
      '@alicloud/tea-typescript',
      '@alicloud/tea-util',
      'httpx',
      'is-network-error',
      'kitx',
      'p-retry',
    ]);
  },
);
