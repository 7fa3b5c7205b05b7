import { VendorError } from '../operation.ts';
import { DOCUMENTED, refusal } from '../vpc/refusals.ts';
import type { DocumentedCode } from '../vpc/refusals.ts';
import { answer } from './call.ts';
import type { Call, CallResult } from './call.ts';
import { throttled } from './throttle.ts';

const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body>502</body></html>';

/** Faults that strike before the service has done anything. The others wait for the serialise stage. */
export function strikeBefore(call: Call): CallResult | null {
  switch (call.fault?.kind) {
    case 'reset-before':
      return { kind: 'reset' };
    case 'stall-before':
      return { kind: 'stall' };
    case 'html-502':
      return answer(BAD_GATEWAY, 502);
    case 'server-500':
      throw new VendorError({
        status: 500,
        code: call.product === 'kms' ? 'InternalFailure' : 'InternalError',
        message: 'The request processing has failed due to some unknown error.',
      });
    case 'throttle':
      throw throttled(call.product);
    case 'refuse':
      throw refusal(documented(call.fault.code));
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
      return null;
  }
}

function documented(code: string | undefined): DocumentedCode {
  if (code !== undefined && Object.hasOwn(DOCUMENTED, code)) return code as DocumentedCode;
  throw new Error('a refuse fault needs a documented code');
}
