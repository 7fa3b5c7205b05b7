import { parseBefore } from '../core/before.ts';
import type { ParsedDocument } from '../core/document.ts';
import type { Outcome } from '../core/failure.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import type { SecretSnapshot } from '../core/versions.ts';
import type { LabelledVersion } from '../ports/secret-store.ts';
import type { Run } from './context.ts';
import { KMS } from './governor.ts';
import { reliably } from './retry.ts';

/**
 * One secret without a list of its versions, where it is in the usual state: a next version waits, nothing is
 * held. Null where it is not. A shard has its part of 40 lists a second, and of 450 reads; of the versions
 * it then knows those that it decides on, and not how many others there are.
 */
export async function gatherLabelled(run: Run, name: string): Promise<SecretSnapshot | null> {
  if ((run.options.rateShare.get(KMS) ?? 1) === 1) return null;
  const read = (label: string): Promise<Outcome<LabelledVersion>> =>
    reliably(run, () => run.ports.secrets.readLabelled(name, label));
  const [next, current, held, before] = await Promise.all([
    read(LABELS.next),
    read(LABELS.current),
    read(LABELS.held),
    read(LABELS.before),
  ]);
  if (next.kind !== 'ok' || current.kind !== 'ok' || held.kind !== 'notFound') return null;
  if (before.kind !== 'ok' && before.kind !== 'notFound') return null;
  const documents = [next.value, current.value];
  const found = before.kind === 'ok' ? [...documents, before.value] : documents;
  const versions = found.map(({ version }) => version);
  // Where labels moved between two reads, or one version has two of them, the list tells.
  const one = new Set(versions.map(({ versionId }) => versionId)).size < versions.length;
  const missing =
    holderOf({ versions }, LABELS.next) === null || holderOf({ versions }, LABELS.current) === null;
  if (one || missing) return null;
  const parsed = new Map<string, ParsedDocument>();
  for (const { version, data } of documents) {
    parsed.set(version.versionId, await run.parseDocument(data.expose()));
  }
  return {
    name,
    versions,
    documents: parsed,
    before: before.kind === 'ok' ? parseBefore(before.value.data.expose()) : null,
  };
}
