import { VendorError } from '../operation.ts';
import { DOCUMENTED, refusal } from '../vpc/refusals.ts';
import type { DocumentedCode } from '../vpc/refusals.ts';
import type { Fault } from '../faults.ts';
import type { Answer, Broken, Product } from './call.ts';
import { throttled } from './throttle.ts';

const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body>502</body></html>';

const INTERNAL = {
  vpc: 'InternalError',
  kms: 'InternalFailure',
  fc: 'InternalServerError',
} as const satisfies Record<Product, string>;

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
      throw new VendorError({
        status: 500,
        code: INTERNAL[product],
        message: 'The request processing has failed due to some unknown error.',
      });
    case 'throttle':
      throw throttled(product);
    case 'refuse':
      throw refusal(documented(fault.code));
    case undefined:
    case 'reset-after-applied':
    case 'half-answer':
    case 'stall-after-applied':
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

function documented(code: string | undefined): DocumentedCode {
  if (code !== undefined && Object.hasOwn(DOCUMENTED, code)) return code as DocumentedCode;
  throw new Error('a refuse fault needs a documented code');
}
