import type { NetworkFault } from '../core/error-classes.ts';
import type { RpcError } from './rpc.ts';

/**
 * The SDKs put the URL, and with it keys and tokens, into the message of network errors, and the whole
 * answer into the data of API errors, which can echo the signed parameters. So nothing of an SDK error is
 * passed on; these few fields are copied out, and only where they look like what they should be.
 */
export interface SdkErrorFields {
  readonly code: unknown;
  readonly status: unknown;
  readonly requestId: unknown;
  readonly retryAfterMs: unknown;
}

const CODE = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/u;
const REQUEST_ID = /^[A-Za-z0-9-]{1,64}$/u;

/** An API error rebuilt from its fields, or null when there is no code that could be the vendor's. */
export function rebuild(fields: SdkErrorFields): RpcError | null {
  const { code, status, requestId, retryAfterMs } = fields;
  if (typeof code !== 'string' || !CODE.test(code) || code === 'undefined') return null;
  return {
    kind: 'error',
    code,
    status: typeof status === 'number' && Number.isInteger(status) ? status : null,
    requestId: typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : null,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : null,
  };
}

const UNREACHABLE: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const RESET: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** What went wrong below the API. An answer that could not be read is a SyntaxError without a code. */
export function networkFault(error: { name?: unknown; code?: unknown }): NetworkFault {
  if (error.name === 'RequestTimeoutError' || error.code === 'ETIMEDOUT') return 'timeout';
  if (RESET.has(error.code)) return 'reset';
  return UNREACHABLE.has(error.code) ? 'unreachable' : 'unparsable';
}
