import type { Definition, Params } from '../../operation.ts';
import { instant, onSecret, READ_RATE, usableSecret } from '../access.ts';
import { CURRENT, holderOf } from '../labels.ts';
import { flag, optionalId, refuse } from '../parameters.ts';
import { invalidParameter, notFound } from '../refusals.ts';
import type { KmsState, Secret, SecretVersion } from '../state.ts';

export const getSecretValue: Definition<KmsState> = {
  access: 'read',
  ram: onSecret('GetSecretValue'),
  limit: READ_RATE,
  run(state, params, { now }) {
    refuse(params, ['DryRun']);
    if (flag(params, 'FetchExtendedConfig')) throw invalidParameter('FetchExtendedConfig');
    const secret = usableSecret(state, params, now);
    const version = select(secret, params);
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
function select(secret: Secret, params: Params): SecretVersion {
  const versionId = optionalId(params, 'VersionId');
  const label =
    optionalId(params, 'VersionStage') ?? (versionId === undefined ? CURRENT : undefined);
  const version =
    label === undefined
      ? secret.versions.find((candidate) => candidate.versionId === versionId)
      : holderOf(secret.versions, label);
  if (version === undefined) throw notFound('version');
  if (versionId !== undefined && version.versionId !== versionId) throw notFound('version');
  return version;
}
