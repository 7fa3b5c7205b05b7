import { gatewayRefusal } from './gateway-refusals.ts';

/** How far a request's time may be off, either way. */
export const MAX_SKEW_MS = 15 * 60_000;

/** Remembered nonces; beyond this the oldest are forgotten, so that memory stays bounded. */
const MAX_NONCES = 200_000;

/** A nonce is good once, for as long as its timestamp could still be accepted. */
export class Nonces {
  readonly #usedAt = new Map<string, number>();

  use(accessKeyId: string, nonce: string, now: number): void {
    const key = `${accessKeyId}\n${nonce}`;
    if (this.#usedAt.has(key)) throw gatewayRefusal('SignatureNonceUsed');
    for (const [oldest, at] of this.#usedAt) {
      if (this.#usedAt.size < MAX_NONCES && at > now - 2 * MAX_SKEW_MS) break;
      this.#usedAt.delete(oldest);
    }
    this.#usedAt.set(key, now);
  }
}

export function checkTime(text: string | undefined, now: number): void {
  const at = Date.parse(text ?? '');
  if (Number.isNaN(at)) throw gatewayRefusal('InvalidTimeStamp.Format');
  if (Math.abs(at - now) > MAX_SKEW_MS) throw gatewayRefusal('InvalidTimeStamp.Expired');
}
