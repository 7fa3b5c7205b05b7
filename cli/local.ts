import { writeFileSync } from 'node:fs';
import type * as LocalCloud from '../local/main.ts';

export interface LocalOptions {
  readonly port?: string;
  readonly fleet?: string;
  readonly seed?: string;
  readonly drawSwitches?: true;
  readonly env?: string;
}

/** What a shell takes in with `source`, to have every command talk to this local cloud. */
function environmentFile(started: LocalCloud.Started, sample: boolean): string {
  const values = {
    KEYTURN_VPC_ENDPOINT: started.vpc,
    KEYTURN_KMS_ENDPOINT: started.kms,
    KEYTURN_FC_ENDPOINT: started.fc,
    KEYTURN_REGION: started.kmsRegion,
    // It shows statuses as they are.
    KEYTURN_STATUS_LAG_MS: '500',
    ALIBABA_CLOUD_ACCESS_KEY_ID: started.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: started.accessKeySecret,
    ...(sample ? { KEYTURN_SECRETS: 'vpn/*', KEYTURN_LEASE_SECRET: 'keyturn/lease' } : {}),
  };
  return Object.entries(values)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
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
    const { env } = options;
    await runLocal(
      options.drawSwitches === true ? [...args, '--draw-switches'] : args,
      (started) => {
        if (env === undefined) return;
        writeFileSync(env, environmentFile(started, fleet === undefined), { mode: 0o600 });
      },
    );
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unexpected'}\n`);
    return 1;
  }
}
