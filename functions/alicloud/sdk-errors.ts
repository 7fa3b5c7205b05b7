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

/** A code is made of words; random text that came in its place has more digits, or no end. */
const CODE = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/u;
const WORD_MAX = 40;
const DIGITS_MAX = 3;
/** As VPC and KMS answer it, a UUID; or as Function Compute does. */
const REQUEST_ID = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}|1-[\da-f]{8}-[\da-f]{8})-[\da-f]{12}$/iu;
/** What is shorter, `main` or `true`, is no secret and stands in many codes. */
const SHORTEST_ECHO = 6;
/** Quotas are counted by the minute or less: whoever asks for a longer pause is not the service. */
const PAUSE_MAX_MS = 60_000;
/** Stands for a code that may hold a secret. No list of codes names it, so the status alone decides. */
const WITHHELD = 'Code.Withheld';

/**
 * An API error rebuilt from its fields, or null when there is no code that could be the vendor's. `sent` are
 * the texts of the request: a service that gives one of them back in the place of a code is not quoted.
 */
export function rebuild(fields: SdkErrorFields, sent: readonly string[] = []): RpcError | null {
  const { code, status, requestId, retryAfterMs } = fields;
  if (typeof code !== 'string' || code === '' || code === 'undefined') return null;
  const isId = typeof requestId === 'string' && REQUEST_ID.test(requestId);
  const isPause = typeof retryAfterMs === 'number' && retryAfterMs >= 0;
  return {
    kind: 'error',
    code: isCode(code) && !echoes(code, sent) ? code : WITHHELD,
    status: typeof status === 'number' && Number.isInteger(status) ? status : null,
    requestId: isId && !echoes(requestId, sent) ? requestId : null,
    retryAfterMs: isPause ? Math.min(retryAfterMs, PAUSE_MAX_MS) : null,
  };
}

function isCode(code: string): boolean {
  const digits = code.replaceAll(/\D/gu, '').length;
  const words = code.split(/[._-]/u);
  return CODE.test(code) && digits <= DIGITS_MAX && words.every(({ length }) => length <= WORD_MAX);
}

/** Whether a value that was sent, or one inside the JSON that was sent, stands in the text. */
function echoes(text: string, sent: readonly string[]): boolean {
  const parts = [text, ...text.split('.')];
  return sent.some(
    (value) =>
      (value.length >= SHORTEST_ECHO && text.includes(value)) ||
      parts.some((part) => value.includes(`:"${part}"`)),
  );
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
