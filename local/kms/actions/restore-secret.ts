import type { Definition } from '../../operation.ts';
import { METADATA_RATE, namedSecret, onSecret } from '../access.ts';
import type { KmsState } from '../state.ts';

/** Takes a deletion back while its window is open. */
export const restoreSecret: Definition<KmsState> = {
  access: 'write',
  ram: onSecret('RestoreSecret'),
  limit: METADATA_RATE,
  run(state, params, { now }) {
    const secret = namedSecret(state, params, now);
    secret.plannedDeleteAt = null;
    return { SecretName: secret.name };
  },
};
