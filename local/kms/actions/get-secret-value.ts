import type { Definition, Params } from '../../operation.ts';
import { instant, onSecret, READ_RATE, usableSecret } from '../access.ts';
import { CURRENT, holderOf } from '../labels.ts';
import { flag, optionalId, refuse } from '../parameters.ts';
import { invalidParameter, notFound } from '../refusals.ts';
import { MAX_LIST_LAG_MS, versionsAt } from '../state.ts';
import type { KmsState, SecretVersion } from '../state.ts';

export const getSecretValue: Definition<KmsState> = {
  access: 'read',
  ram: onSecret('GetSecretValue'),
  limit: READ_RATE,
  run(state, params, { now, switches }) {
    refuse(params, ['DryRun']);
    if (flag(params, 'FetchExtendedConfig')) throw invalidParameter('FetchExtendedConfig');
    const secret = usableSecret(state, params, now);
    // A version never changes once it is stored, so only what a label points at can be old.
    const lagMs = switches.secretReads === 'stale' ? state.lag.between(0, MAX_LIST_LAG_MS) : 0;
    const version = select(secret.versions, versionsAt(secret, now - lagMs), params);
    return {
      SecretName: secret.name,
      SecretType: 'Generic',
      VersionId: version.versionId,
      CreateTime: instant(version.createdAt),
      SecretData: version.data,
      SecretDataType: version.dataType,
      VersionStages: { VersionStage: version.labels },
    };
  },
};

/**
 * By id, by label, or the current one. What happens when both are given and disagree is not documented;
 * no version answers to both, so none is found.
 */
function select(
  versions: readonly SecretVersion[],
  labelled: readonly SecretVersion[],
  params: Params,
): SecretVersion {
  const versionId = optionalId(params, 'VersionId');
  const label =
    optionalId(params, 'VersionStage') ?? (versionId === undefined ? CURRENT : undefined);
  const version =
    label === undefined
      ? versions.find((candidate) => candidate.versionId === versionId)
      : holderOf(labelled, label);
  if (version === undefined) throw notFound('version');
  if (versionId !== undefined && version.versionId !== versionId) throw notFound('version');
  return version;
}
