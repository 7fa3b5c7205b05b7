import type { Definition } from '../../operation.ts';
import { instant, namedSecret, onSecret, READ_RATE, secretArn } from '../access.ts';
import { flag } from '../parameters.ts';
import type { KmsState, Secret } from '../state.ts';

/** Metadata only: neither versions nor labels. */
export const describeSecret: Definition<KmsState> = {
  access: 'read',
  ram: onSecret('DescribeSecret'),
  limit: READ_RATE,
  run(state, params, { now }) {
    const secret = namedSecret(state, params, now);
    return {
      Arn: secretArn(state, secret.name),
      Description: secret.description,
      ...metadata(secret, flag(params, 'FetchTags')),
    };
  },
};

/** The fields that DescribeSecret and ListSecrets share. */
export function metadata(secret: Secret, withTags: boolean): Record<string, unknown> {
  return {
    SecretName: secret.name,
    SecretType: 'Generic',
    CreateTime: instant(secret.createdAt),
    UpdateTime: instant(secret.updatedAt),
    ...(secret.plannedDeleteAt === null
      ? {}
      : { PlannedDeleteTime: instant(secret.plannedDeleteAt) }),
    ...(withTags
      ? { Tags: { Tag: secret.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) } }
      : {}),
  };
}
