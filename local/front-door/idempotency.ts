/** ClientToken: the same request again gets the earlier outcome, another one is refused. */
import { createHash } from 'node:crypto';
import { VendorError } from '../operation.ts';
import type { Switches } from '../switches.ts';
import type { Call } from './call.ts';
import { gatewayRefusal, tokenInProgress } from './gateway-refusals.ts';

type Body = Record<string, unknown>;

interface Remembered {
  readonly at: number;
  readonly fingerprint: string;
  readonly outcome: Body | VendorError;
  /** The window that the change opened, or null. */
  readonly window: string | null;
}

/** The call's own work, and which window is open where it writes. */
export interface Work {
  run(): Body;
  openWindow(): string | null;
}

/** How long a token is remembered is not documented. */
const RETENTION_MS = { none: 0, minutes: 10 * 60_000, day: 24 * 3_600_000 } as const;
const MAX_TOKENS = 100_000;

export class ClientTokens {
  /** In order of time. */
  readonly #tokens = new Map<string, Remembered>();

  /** Runs `work` unless its token is known. */
  once(call: Call, switches: Switches, work: Work): Body {
    const token = call.params['ClientToken'];
    const retention = RETENTION_MS[switches.tokenRetention];
    if (token === undefined || call.operation?.access !== 'write' || retention === 0)
      return work.run();
    this.#forget(call.now - retention);
    const key = `${call.caller.accountId} ${token}`;
    const print = fingerprint(call);
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      if (known.fingerprint !== print) throw gatewayRefusal('IdempotentParameterMismatch');
      if (known.outcome instanceof VendorError) throw known.outcome;
      const { repeatedToken } = switches;
      if (repeatedToken === 'answersAgain') return known.outcome;
      if (known.window === null || known.window !== work.openWindow()) return known.outcome;
      throw tokenInProgress(repeatedToken);
    }
    const remember = (outcome: Body | VendorError): void => {
      const window = outcome instanceof VendorError ? null : work.openWindow();
      this.#tokens.set(key, { at: call.now, fingerprint: print, outcome, window });
    };
    try {
      const body = work.run();
      remember(body);
      return body;
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      // After a 4xx a repeat fails as well, unless the message says to try later (idempotence page).
      const busy = error.code === switches.busyCode;
      if (!busy || switches.busyBurnsToken === 'yes') remember(error);
      throw error;
    }
  }

  #forget(before: number): void {
    for (const [key, { at }] of this.#tokens) {
      if (at > before && this.#tokens.size < MAX_TOKENS) return;
      this.#tokens.delete(key);
    }
  }
}

function fingerprint(call: Call): string {
  const { ClientToken: _token, ...rest } = call.params;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([call.action, sorted]))
    .digest('hex');
}
