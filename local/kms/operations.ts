/**
 * KMS Secrets Manager, API version 2016-01-20: generic secrets only. Not modelled: secrets in KMS
 * instances, customer keys, managed (RDS, RAM, ECS, …) secrets, secret policies, ARNs as names.
 */
import type { Definition } from '../operation.ts';
import { createSecret } from './actions/create-secret.ts';
import { deleteSecret } from './actions/delete-secret.ts';
import { describeSecret } from './actions/describe-secret.ts';
import { getRandomPassword } from './actions/get-random-password.ts';
import { getSecretValue } from './actions/get-secret-value.ts';
import { listSecretVersionIds } from './actions/list-secret-version-ids.ts';
import { listSecrets } from './actions/list-secrets.ts';
import { putSecretValue } from './actions/put-secret-value.ts';
import { restoreSecret } from './actions/restore-secret.ts';
import { updateSecret } from './actions/update-secret.ts';
import { updateSecretVersionStage } from './actions/update-secret-version-stage.ts';
import type { KmsState } from './state.ts';

export type KmsOperation =
  | 'CreateSecret'
  | 'DeleteSecret'
  | 'DescribeSecret'
  | 'GetRandomPassword'
  | 'GetSecretValue'
  | 'ListSecretVersionIds'
  | 'ListSecrets'
  | 'PutSecretValue'
  | 'RestoreSecret'
  | 'UpdateSecret'
  | 'UpdateSecretVersionStage';

export const KMS_VERSION = '2016-01-20';

export const KMS_OPERATIONS: Record<KmsOperation, Definition<KmsState>> = {
  CreateSecret: createSecret,
  DeleteSecret: deleteSecret,
  DescribeSecret: describeSecret,
  GetRandomPassword: getRandomPassword,
  GetSecretValue: getSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  ListSecrets: listSecrets,
  PutSecretValue: putSecretValue,
  RestoreSecret: restoreSecret,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
};
