import { KeyturnError } from '../functions/core/codes.ts';
import { acknowledge } from '../functions/run/acknowledge.ts';
import type { Acknowledged } from '../functions/run/acknowledge.ts';
import { wire } from '../functions/rotate/wire.ts';
import { confirmed, notConfirmed, requireTerminal } from './confirm.ts';
import { executionOf } from './execution.ts';
import { show } from './output.ts';

export interface ReadyOptions {
  readonly region?: string;
  readonly version?: string;
  readonly withdraw?: boolean;
  readonly json?: boolean;
}

/** What `keyturn ready --json` prints. */
export interface ReadyData extends Acknowledged {
  readonly schema: 'keyturn/ready/1';
  readonly secret: string;
  /** Whether the version carries KeyturnPeerReady now. */
  readonly ready: boolean;
}

/** The far end's word that it has the next key. Names the version, or asks. Gives the exit status. */
export async function ready(options: ReadyOptions, secretName: string): Promise<number> {
  const saysReady = options.withdraw !== true;
  if (secretName.includes('*')) {
    throw new KeyturnError('setting-invalid', 'The secret must be named in full.');
  }
  if (saysReady && options.version === undefined) {
    requireTerminal(options.json);
    if (!(await confirmed(`Has the far end loaded the next key of ${secretName}?`))) {
      return notConfirmed();
    }
  }
  const execution = executionOf('plan', { ...options, secrets: secretName });
  const told = { secretName, versionId: options.version ?? null, ready: saysReady };
  const result = await acknowledge(wire(execution, new Map()), told);
  if (result.kind === 'refused') {
    throw new KeyturnError(result.reason.code, result.reason.detail);
  }
  const data: ReadyData = {
    schema: 'keyturn/ready/1',
    secret: secretName,
    ready: saysReady,
    ...result.acknowledged,
  };
  show(data, options.json, readyText);
  return 0;
}

function readyText({ secret, versionId, ready, changed, handover }: ReadyData): string {
  const version = `${secret} version ${versionId}`;
  const label = ready ? 'carries KeyturnPeerReady' : 'does not carry KeyturnPeerReady';
  const waits = handover === 'acknowledged' && ready ? ' The next run goes on.' : '';
  const idle =
    handover !== null && handover !== 'acknowledged'
      ? `\nIts document does not wait for that: handover.mode is ${handover}.`
      : '';
  return `${version} ${changed ? `${label} now.` : `${label}, as before.`}${waits}${idle}`;
}
