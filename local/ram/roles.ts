/** RAM roles and the temporary credentials (STS) of those who assumed them. */
import { VendorError } from '../operation.ts';
import type { Prng } from '../prng.ts';
import { loadPolicy, loadTrust, type Policy } from './policy.ts';

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

export interface Session extends TemporaryCredentials {
  readonly roleName: string;
  readonly sessionName: string;
  /** Milliseconds since the epoch; from then on the token is refused as expired. */
  readonly expiresAt: number;
}

/** How long an expired session can still be told from one that never was. */
const REMEMBER_EXPIRED_MS = 24 * 60 * 60 * 1_000;

export class Roles {
  readonly #accountId: string;
  readonly #random: Prng;
  readonly #roles = new Map<string, { services: readonly string[]; policies: readonly Policy[] }>();
  /** In order of issue, by AccessKeyId. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: { random: Prng; accountId: string }) {
    this.#accountId = options.accountId;
    this.#random = options.random.fork('ram-sessions');
  }

  /** Throws when a document says something the evaluator does not understand. */
  define(role: {
    name: string;
    trust: unknown;
    policies: readonly { name: string; document: unknown }[];
  }): void {
    this.#roles.set(role.name, {
      services: loadTrust(role.name, role.trust),
      policies: role.policies.map(({ name, document }) => loadPolicy(name, document)),
    });
  }

  arn(roleName: string): string {
    return `acs:ram::${this.#accountId}:role/${roleName}`;
  }

  /** No policies for an unknown role: it may do nothing. */
  policies(roleName: string): readonly Policy[] {
    return this.#roles.get(roleName)?.policies ?? [];
  }

  /** AssumeRole by a service. A role that does not trust it answers as Function Compute's FAQ shows. */
  assume(request: {
    roleName: string;
    service: string;
    sessionName: string;
    now: number;
    lifetimeSeconds: number;
  }): Session {
    if (!this.#roles.get(request.roleName)?.services.includes(request.service)) {
      throw new VendorError({
        status: 403,
        code: 'AccessDenied',
        message: `No permission to assume the role ${this.arn(request.roleName)}.`,
      });
    }
    this.#forget(request.now);
    const session: Session = {
      accessKeyId: `STS.${this.#random.hex(24)}`,
      accessKeySecret: this.#random.hex(44),
      securityToken: `CAIS${this.#random.hex(120)}`,
      roleName: request.roleName,
      sessionName: request.sessionName,
      expiresAt: request.now + request.lifetimeSeconds * 1_000,
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  session(accessKeyId: string): Session | undefined {
    return this.#sessions.get(accessKeyId);
  }

  /** Ends a role's sessions, as revoking them in the console does. */
  expire(roleName: string, now: number): void {
    for (const [id, session] of this.#sessions) {
      if (session.roleName === roleName && session.expiresAt > now) {
        this.#sessions.set(id, { ...session, expiresAt: now });
      }
    }
  }

  #forget(now: number): void {
    for (const [id, { expiresAt }] of this.#sessions) {
      if (expiresAt + REMEMBER_EXPIRED_MS < now) this.#sessions.delete(id);
    }
  }
}
