import type * as LocalCloud from '../local/main.ts';

export interface LocalOptions {
  readonly port?: string;
  readonly fleet?: string;
  readonly seed?: string;
  readonly drawSwitches?: true;
}

/**
 * Runs the local cloud until a signal ends it. It has a bundle of its own and is loaded only here. What it
 * refuses is a fault of the arguments or of the fleet file. Gives the exit status.
 */
export async function local(options: LocalOptions): Promise<number> {
  const bundle = new URL('../local/main.mjs', import.meta.url);
  const { runLocal } = (await import(bundle.href)) as typeof LocalCloud;
  try {
    const { port, fleet, seed } = options;
    const given = Object.entries({ port, fleet, seed }).filter(([, value]) => value !== undefined);
    const args = given.map(([name, value]) => `--${name}=${String(value)}`);
    await runLocal(options.drawSwitches === true ? [...args, '--draw-switches'] : args);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unexpected'}\n`);
    return 1;
  }
}
