import type { Definition } from '../../operation.ts';
import { METADATA_RATE, onSecret, usableSecret } from '../access.ts';
import { refuse } from '../parameters.ts';
import type { KmsState } from '../state.ts';

/** Metadata only: a secret's data changes by new versions. */
export const updateSecret: Definition<KmsState> = {
  access: 'write',
  ram: onSecret('UpdateSecret'),
  limit: METADATA_RATE,
  run(state, params, { now }) {
    refuse(params, ['ExtendedConfig', 'ExtendedConfig.CustomData']);
    const secret = usableSecret(state, params, now);
    secret.description = params['Description'] ?? secret.description;
    secret.updatedAt = now;
    return { SecretName: secret.name };
  },
};
