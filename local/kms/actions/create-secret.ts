import type { Definition, Params } from '../../operation.ts';
import { CREATE_RATE, onContainer, secretArn } from '../access.ts';
import { CURRENT } from '../labels.ts';
import { dataType, json, refuse, requiredId, secretData, secretName } from '../parameters.ts';
import { inDeleteWindow, invalidParameter, keyNotFound, secretExists } from '../refusals.ts';
import { addSecret, lookUp, type KmsState, type Tag } from '../state.ts';

const MAX_TAGS = 20;
const MAX_TAG_CHARACTERS = 128;

export const createSecret: Definition<KmsState> = {
  access: 'write',
  ram: onContainer('CreateSecret'),
  limit: CREATE_RATE,
  run(state, params, { now }) {
    refuse(params, ['DKMSInstanceId', 'ExtendedConfig', 'RotationInterval', 'Policy']);
    if ((params['SecretType'] ?? 'Generic') !== 'Generic') throw invalidParameter('SecretType');
    if (params['EnableAutomaticRotation'] === 'true') {
      throw invalidParameter('EnableAutomaticRotation');
    }
    const name = secretName(params);
    const version = {
      versionId: requiredId(params, 'VersionId'),
      data: secretData(params),
      dataType: dataType(params),
      createdAt: now,
      labels: [CURRENT],
    };
    const tags = readTags(params);
    // There are no customer keys here, so none that is named can be found.
    if (params['EncryptionKeyId'] !== undefined) throw keyNotFound();
    const existing = lookUp(state, name, now);
    if (existing !== undefined) {
      throw existing.plannedDeleteAt === null ? secretExists() : inDeleteWindow();
    }
    addSecret(state, {
      name,
      versions: [version],
      now,
      tags,
      description: params['Description'] ?? '',
    });
    return {
      Arn: secretArn(state, name),
      SecretName: name,
      SecretType: 'Generic',
      VersionId: version.versionId,
    };
  },
};

function readTags(params: Params): readonly Tag[] {
  if (params['Tags'] === undefined) return [];
  const value = json(params, 'Tags');
  if (!Array.isArray(value) || value.length > MAX_TAGS) throw invalidParameter('Tags');
  return value.map((tag: unknown) => {
    const { TagKey: key, TagValue: text } = (tag ?? {}) as Record<string, unknown>;
    if (typeof key !== 'string' || typeof text !== 'string') throw invalidParameter('Tags');
    if (key === '' || Math.max(key.length, text.length) > MAX_TAG_CHARACTERS) {
      throw invalidParameter('Tags');
    }
    return { key, value: text };
  });
}
