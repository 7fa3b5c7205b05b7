import type * as LocalCloud from '../local/main.ts';

export interface LocalOptions {
  readonly port?: string;
  readonly fleet?: string;
  readonly seed?: string;
}

/** Runs the local cloud until a signal ends it. It has a bundle of its own and is loaded only here. */
export async function local(options: LocalOptions): Promise<void> {
  const bundle = new URL('../local/main.mjs', import.meta.url);
  const { runLocal } = (await import(bundle.href)) as typeof LocalCloud;
  await runLocal(
    Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    ),
  );
}
