import type { Definition, Params } from '../../operation.ts';
import { METADATA_RATE, onSecret, usableSecret } from '../access.ts';
import * as stage from '../labels.ts';
import { optionalId, requiredId } from '../parameters.ts';
import { invalidParameter, limitExceeded, missingParameter, notFound } from '../refusals.ts';
import { replaceVersions, type KmsState } from '../state.ts';

/** Adds, moves or removes one label. Custom labels can be removed, built-in ones only moved. */
export const updateSecretVersionStage: Definition<KmsState> = {
  access: 'write',
  ram: onSecret('UpdateSecretVersionStage'),
  limit: METADATA_RATE,
  run(state, params, { now, switches }) {
    const { label, from, to } = readMove(params);
    const secret = usableSecret(state, params, now);
    const holder = stage.holderOf(secret.versions, label)?.versionId;
    if (to !== undefined && !secret.versions.some((version) => version.versionId === to)) {
      throw notFound('version');
    }
    if (to !== undefined && to === holder && switches.repeatedMove === 'refused') {
      throw invalidParameter('MoveToVersion');
    }
    if (from !== undefined && from !== holder && switches.removeFromVersion === 'checked') {
      throw invalidParameter('RemoveFromVersion');
    }

    let versions = secret.versions;
    if (to === undefined) versions = holder === from ? stage.detach(versions, label) : versions;
    else if (label === stage.CURRENT && switches.previousFollows === 'follows') {
      versions = stage.shiftCurrent(versions, to);
    } else versions = stage.attach(versions, label, to);
    if (stage.countLabels(versions) > stage.MAX_LABELS) throw limitExceeded('version stages');
    replaceVersions(secret, versions, now);
    return { SecretName: secret.name };
  },
};

function readMove(params: Params): {
  label: string;
  from: string | undefined;
  to: string | undefined;
} {
  const label = requiredId(params, 'VersionStage');
  const from = optionalId(params, 'RemoveFromVersion');
  const to = optionalId(params, 'MoveToVersion');
  const mustMove = stage.isBuiltIn(label) || from === undefined;
  if (mustMove && to === undefined) throw missingParameter('MoveToVersion');
  return { label, from, to };
}
