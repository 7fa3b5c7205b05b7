import type { BeforeRecord, BeforeTunnel } from '../core/before.ts';
import { renderBefore, savedFor } from '../core/before.ts';
import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Wanted } from '../core/compare.ts';
import { tunnelName } from '../core/fleet.ts';
import type { Step } from '../core/steps.ts';
import { covered, pick } from '../core/stated.ts';
import { LABELS, roomFor } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { reliably } from './retry.ts';

/** KMS: SecretData of at most 30,720 bytes (CreateSecret, read November 2026). */
const DATA_LIMIT = 30_720;

/**
 * Saves what the steps are about to overwrite and no version states, as a version labelled KeyturnBefore.
 * Null when everything stands in a version afterwards; else the reason why nothing may be written.
 */
export async function saveBefore(
  run: Run,
  input: {
    readonly secretName: string;
    readonly forVersionId: string;
    readonly steps: readonly Step[];
    readonly record: BeforeRecord | null;
    /** What was saved for it is kept: the way back from it may still be needed. */
    readonly leftVersionId: string | null;
    /** Everything that versions other than the one being applied say of a tunnel. */
    readonly statements: (step: Step) => readonly Wanted[];
  },
): Promise<Reason | null> {
  const { secretName, forVersionId } = input;
  const uncovered = input.steps.filter(
    (step) => !covered(step.before, step.changes, input.statements(step)),
  );
  if (uncovered.length === 0) return null;
  const tunnels = new Map<string, BeforeTunnel>(savedFor(input.record, forVersionId)?.tunnels);
  const earlier =
    input.leftVersionId === forVersionId ? null : savedFor(input.record, input.leftVersionId);
  for (const step of uncovered) {
    tunnels.set(tunnelName(step.tunnel), {
      tunnel: step.tunnel,
      key: step.before.key,
      settings: pick(step.before.settings, step.changes),
    });
  }
  const data = renderBefore({ forVersionId, tunnels, earlier });
  if (data.expose().length > DATA_LIMIT) {
    return reason(
      'before-not-saved',
      `${secretName}: ${tunnels.size} tunnels do not fit one version`,
    );
  }
  const versions = await reliably(run, () => run.ports.secrets.listVersions(secretName));
  if (versions.kind !== 'ok')
    return reason('before-not-saved', reasonOf(versions, secretName).detail);
  if (roomFor(versions.value) === 0) return reason('versions-full', secretName);
  const versionId = `keyturn-before-${run.ports.random.sha256Hex(JSON.stringify([run.nonce, secretName])).slice(0, 32)}`;
  const put = await reliably(run, () =>
    run.ports.secrets.putVersion({ name: secretName, versionId, data, labels: [LABELS.before] }),
  );
  if (put.kind !== 'ok') return reason('before-not-saved', reasonOf(put, secretName).detail);
  const stored = await reliably(run, () => run.ports.secrets.readVersion(secretName, versionId));
  return stored.kind === 'ok' && stored.value.equals(data)
    ? null
    : reason('before-not-saved', `${secretName}: version ${versionId} does not read back`);
}
