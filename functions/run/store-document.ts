import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { Redacted } from '../core/redacted.ts';
import { LABELS, holderOf, roomFor } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { reliably } from './retry.ts';

/**
 * Stores a document as a new version of a secret that is there, as the next one or straight as the current
 * one. Null when it is stored (again, where the same version was before), else why not. The text must be a
 * valid document; whoever calls has read it.
 */
export async function storeDocument(
  run: Run,
  given: {
    readonly secretName: string;
    readonly versionId: string;
    readonly text: string;
    readonly label: typeof LABELS.next | typeof LABELS.current;
  },
): Promise<Reason | null> {
  const { secretName, versionId, label } = given;
  const listed = await reliably(run, () => run.ports.secrets.listVersions(secretName));
  if (listed.kind === 'notFound') return reason('secret-not-found', secretName);
  if (listed.kind !== 'ok') return reasonOf(listed, secretName);
  const versions = listed.value;
  const next = holderOf({ versions }, LABELS.next);
  // Also where it would become current: a rotation under way must not be run over.
  if (next !== null && next.versionId !== versionId) {
    return reason('next-exists', `${secretName} version ${next.versionId}`);
  }
  const isNew = !versions.some((version) => version.versionId === versionId);
  if (isNew && roomFor(versions) === 0) return reason('versions-full', secretName);
  const put = await reliably(run, () =>
    run.ports.secrets.putVersion({
      name: secretName,
      versionId,
      data: new Redacted(given.text),
      labels: [label],
    }),
  );
  return put.kind === 'ok' ? null : reasonOf(put, `${secretName} version ${versionId}`);
}
