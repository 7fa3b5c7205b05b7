import type { Fault } from '../faults.ts';
import type { VendorError } from '../operation.ts';
import { anyRefusal } from './any-refusal.ts';
import type { Answer, Broken, Product } from './call.ts';
import { throttled } from './throttle.ts';

const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body>502</body></html>';

const INTERNAL = {
  vpc: 'InternalError',
  kms: 'InternalFailure',
  fc: 'InternalServerError',
} as const satisfies Record<Product, string>;

export const internalError = (product: Product): VendorError =>
  anyRefusal(product, INTERNAL[product]);

/** Faults that strike before the service has done anything. The others wait for the serialise stage. */
export function strikeBefore(
  product: Product,
  fault: Fault | null,
): Answer<string> | Broken | null {
  switch (fault?.kind) {
    case 'reset-before':
      return { kind: 'reset' };
    case 'stall-before':
      return { kind: 'stall' };
    case 'html-502':
      return {
        kind: 'answer',
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: BAD_GATEWAY,
        delayMs: 0,
      };
    case 'server-500':
      throw internalError(product);
    case 'throttle':
      throw throttled(product);
    case 'refuse':
      throw anyRefusal(product, fault.code);
    case undefined:
    case 'reset-after-applied':
    case 'half-answer':
    case 'stall-after-applied':
    case 'server-500-after-applied':
    case 'delay':
    case 'duplicate-delivery':
    case 'stuck-updating':
    case 'stale-read':
    case 'duplicate-page':
    case 'masked-key':
    case 'repeated-event':
    case 'killed-instance':
      return null;
  }
}
