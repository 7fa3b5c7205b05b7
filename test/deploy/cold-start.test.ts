/** What a cold start has to read before its first request is little, and nothing joins it unnoticed. */
import { build } from 'esbuild';
import type { BuildOptions, Metafile } from 'esbuild';
import { expect, test } from 'vitest';

const BUNDLES = new URL('../../scripts/bundles.mjs', import.meta.url).href;

/** The modules in a function's entry and in the parts that it loads at once. */
async function modulesAtOnce(entry: string): Promise<readonly string[]> {
  const { functionBuild } = (await import(BUNDLES)) as {
    readonly functionBuild: (entry: string) => BuildOptions;
  };
  const { metafile } = await build({
    ...functionBuild(entry),
    outdir: 'dist',
    metafile: true,
    logLevel: 'silent',
  });
  return partsAtOnce(metafile, 'dist/index.js').flatMap((part) =>
    Object.keys(metafile.outputs[part]?.inputs ?? {}),
  );
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
    const modules = await modulesAtOnce(`functions/${name}/index.ts`);
    const packages = modules.flatMap(
      (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1] ?? [],
    );
    expect([...new Set(packages)].toSorted()).toEqual([
      '@alicloud/rpc-client',
      '@alicloud/rpc-util',
      '@alicloud/tea-typescript',
      '@alicloud/tea-util',
      'httpx',
      'is-network-error',
      'kitx',
      'p-retry',
    ]);
    expect(modules).toContain('functions/run/gather.ts');
    expect(modules).not.toContain('functions/core/parse-document.ts');
  },
);

test('rotate loads what it works with later still', async () => {
  const modules = await modulesAtOnce('functions/rotate/index.ts');
  for (const name of ['core/plan', 'run/prepare', 'run/work', 'run/work-group', 'run/watch']) {
    expect(modules).not.toContain(`functions/${name}.ts`);
  }
});
