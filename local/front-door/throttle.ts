import { VendorError } from '../operation.ts';
import type { Limit } from '../operation.ts';
import type { Switches } from '../switches.ts';
import type { Call, Product } from './call.ts';
import { gatewayRefusal } from './gateway-refusals.ts';

/** Sliding windows: never more than `calls` accepted calls in any `perMs`, per region and account. */
export class Throttle {
  readonly #accepted = new Map<string, number[]>();

  admit(call: Call, { undocumentedRates }: Switches): void {
    const limit = call.operation?.limit ?? assumed(call, undocumentedRates);
    if (limit === null) return;
    const what = limit.group ?? call.action;
    const key = `${call.product} ${call.regionId} ${what} ${call.caller.accountId}`;
    const times = this.#accepted.get(key) ?? [];
    const firstInside = times.findIndex((at) => at > call.now - limit.perMs);
    times.splice(0, firstInside === -1 ? times.length : firstInside);
    if (times.length >= limit.calls) throw throttled(call.product);
    times.push(call.now);
    this.#accepted.set(key, times);
  }
}

/** Calls a minute of most of VPC's actions; some rows of the table were not seen. */
const COMMON_RATES = { read: 600, write: 120 } as const;

function assumed({ product, operation }: Call, rates: Switches['undocumentedRates']): Limit | null {
  if (product !== 'vpc' || operation === null || rates === 'none') return null;
  return { calls: COMMON_RATES[operation.access], perMs: 60_000 };
}

/** VPC's gateway answers 400, the others 429 (the products' own documentation). */
export function throttled(product: Product): VendorError {
  switch (product) {
    case 'vpc':
      return gatewayRefusal('Throttling.User');
    case 'kms':
      return new VendorError({
        status: 429,
        code: 'Rejected.Throttling',
        message: 'QPS Limit Exceeded',
      });
    case 'fc':
      return new VendorError({
        status: 429,
        code: 'ResourceThrottled',
        message: 'the request rate exceeds the limit of the account',
      });
  }
}
