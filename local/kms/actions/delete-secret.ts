import type { Definition } from '../../operation.ts';
import { CREATE_RATE, instant, namedSecret, onSecret } from '../access.ts';
import { flag, integer } from '../parameters.ts';
import { inDeleteWindow, invalidParameter } from '../refusals.ts';
import type { KmsState } from '../state.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const WINDOW_DAYS = { min: 7, max: 30, fallback: 30 };

export const deleteSecret: Definition<KmsState> = {
  access: 'write',
  ram: onSecret('DeleteSecret'),
  limit: CREATE_RATE,
  run(state, params, { now }) {
    const force = flag(params, 'ForceDeleteWithoutRecovery');
    if (force && params['RecoveryWindowInDays'] !== undefined) {
      throw invalidParameter('RecoveryWindowInDays');
    }
    const days = integer(params, 'RecoveryWindowInDays', WINDOW_DAYS);
    const secret = namedSecret(state, params, now);
    if (force) {
      state.secrets.delete(secret.name);
      return { SecretName: secret.name };
    }
    if (secret.plannedDeleteAt !== null) throw inDeleteWindow();
    secret.plannedDeleteAt = now + days * DAY_MS;
    return { SecretName: secret.name, PlannedDeleteTime: instant(secret.plannedDeleteAt) };
  },
};
