import type { Reason } from '../core/codes.ts';
import { seconds } from '../core/units.ts';
import { versionsLow } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reliably } from './retry.ts';

/** Between two lists: five a second leave most of KMS's 40 to the shards. */
const APART = seconds(0.2);

/**
 * Which of these secrets have room for few more versions. Shards read labels and do not see how many versions
 * there are, so their dispatcher looks while it waits for them, and no longer.
 */
export async function lowVersions(
  run: Run,
  names: readonly string[],
  done: AbortSignal,
): Promise<readonly Reason[]> {
  const found: Reason[] = [];
  for (const name of names) {
    await run.ports.clock.sleep(APART, done);
    if (done.aborted) break;
    const listed = await reliably(run, () => run.ports.secrets.listVersions(name));
    if (listed.kind === 'ok') found.push(...versionsLow([{ name, versions: listed.value }]));
  }
  return found;
}
