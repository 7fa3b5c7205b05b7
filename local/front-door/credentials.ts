import type { Caller } from '../operation.ts';
import type { Roles } from '../ram/roles.ts';
import { gatewayRefusal } from './gateway-refusals.ts';

export interface AccountKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  active: boolean;
}

/** Who may sign: the account's own keys, and the sessions of roles. */
export class Credentials {
  readonly accountId: string;
  readonly #keys = new Map<string, AccountKey>();
  readonly #roles: Roles;

  constructor(options: { accountId: string; roles: Roles; keys: readonly AccountKey[] }) {
    this.accountId = options.accountId;
    this.#roles = options.roles;
    for (const key of options.keys) this.#keys.set(key.accessKeyId, key);
  }

  /** Switches an account key on or off; false when there is no such key. */
  setActive(accessKeyId: string, active: boolean): boolean {
    const key = this.#keys.get(accessKeyId);
    if (key !== undefined) key.active = active;
    return key !== undefined;
  }

  /** The secret to verify with, and who it is. Throws the vendor's refusal. */
  resolve(
    accessKeyId: string,
    token: string | undefined,
    now: number,
  ): { readonly secret: string; readonly caller: Caller } {
    const { accountId } = this;
    if (accessKeyId === '') throw gatewayRefusal('MissingAccessKeyId');
    const key = this.#keys.get(accessKeyId);
    if (key !== undefined) {
      if (!key.active) throw gatewayRefusal('InvalidAccessKeyId.Inactive');
      return { secret: key.accessKeySecret, caller: { accountId, accessKeyId, roleName: null } };
    }
    const session = this.#roles.session(accessKeyId);
    if (session === undefined) throw gatewayRefusal('InvalidAccessKeyId.NotFound');
    if (token === undefined || token === '') throw gatewayRefusal('MissingSecurityToken');
    if (token !== session.securityToken) throw gatewayRefusal('InvalidSecurityToken.Malformed');
    if (session.expiresAt <= now) throw gatewayRefusal('InvalidSecurityToken.Expired');
    const { roleName } = session;
    return { secret: session.accessKeySecret, caller: { accountId, accessKeyId, roleName } };
  }
}
