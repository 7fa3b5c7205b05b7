import type { Definition } from '../../operation.ts';
import { METADATA_RATE, onSecret, usableSecret } from '../access.ts';
import {
  attach,
  countLabels,
  CURRENT,
  evict,
  MAX_LABELS,
  PREVIOUS,
  shiftCurrent,
} from '../labels.ts';
import { dataType, labels, requiredId, secretData } from '../parameters.ts';
import { conflictingVersion, invalidParameter, limitExceeded } from '../refusals.ts';
import { replaceVersions, type KmsState, type SecretVersion } from '../state.ts';

export const putSecretValue: Definition<KmsState> = {
  access: 'write',
  ram: onSecret('PutSecretValue'),
  limit: METADATA_RATE,
  run(state, params, { now, switches }) {
    const versionId = requiredId(params, 'VersionId');
    const data = secretData(params);
    const type = dataType(params);
    const stages = labels(params) ?? [CURRENT];
    // ACSPrevious means "was current": nothing documented puts it on a version that never was.
    if (stages.includes(PREVIOUS)) throw invalidParameter('VersionStages');
    const secret = usableSecret(state, params, now);

    const existing = secret.versions.find((version) => version.versionId === versionId);
    if (existing !== undefined && (existing.data !== data || existing.dataType !== type)) {
      throw conflictingVersion(switches.conflictingPut);
    }
    if (existing === undefined) {
      const added = { versionId, data, dataType: type, createdAt: now, labels: [] };
      const versions = labelled([...secret.versions, added], stages, versionId);
      replaceVersions(secret, evict(versions, switches.labelledEviction), now);
    } else if (switches.repeatedPut === 'appliesLabels') {
      replaceVersions(secret, labelled(secret.versions, stages, versionId), now);
    }
    const stored = secret.versions.find((version) => version.versionId === versionId);
    return {
      SecretName: secret.name,
      VersionId: versionId,
      VersionStages: { VersionStage: stored?.labels ?? [] },
    };
  },
};

function labelled(
  versions: readonly SecretVersion[],
  stages: readonly string[],
  versionId: string,
): readonly SecretVersion[] {
  const result = stages.reduce(
    (moved, stage) =>
      stage === CURRENT ? shiftCurrent(moved, versionId) : attach(moved, stage, versionId),
    versions,
  );
  if (countLabels(result) > MAX_LABELS) throw limitExceeded('version stages');
  return result;
}
