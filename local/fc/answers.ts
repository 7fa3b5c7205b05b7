/** Answers of both APIs. Codes: Function Compute documentation, "Error codes" (2024 and 2026). */
import { VendorError } from '../operation.ts';
import type { Executed } from './execution.ts';
import type { Api } from './routes.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** `X-Fc-Log-Type: Tail` returns the last 4 KB of the log. */
const LOG_RESULT_BYTES = 4_096;

export function refusal(api: Api, error: VendorError, requestId: string): Answer {
  const body =
    api === 'fc2'
      ? { ErrorCode: error.code, ErrorMessage: error.message }
      : { Code: error.code, Message: error.message, RequestId: requestId, ...error.detail };
  return json(error.status, body, requestId);
}

export function json(status: number, body: object, requestId: string): Answer {
  return {
    status,
    headers: { ...JSON_TYPE, 'x-fc-request-id': requestId },
    body: Buffer.from(JSON.stringify(body)),
  };
}

export const accepted = (requestId: string): Answer => ({
  status: 202,
  headers: { 'x-fc-request-id': requestId },
  body: Buffer.alloc(0),
});

/** A function that failed is HTTP 200 too; only the header `x-fc-error-type` tells. */
export function executed(
  result: Executed,
  options: { requestId: string; durationMs: number; withLog: boolean },
): Answer {
  const { ending } = result;
  const failed = ending.kind === 'failed';
  const log = Buffer.from(result.logs).subarray(-LOG_RESULT_BYTES).toString('base64');
  return {
    status: 200,
    headers: {
      ...(failed
        ? { ...JSON_TYPE, 'x-fc-error-type': UNHANDLED }
        : { 'content-type': 'application/octet-stream' }),
      'x-fc-request-id': options.requestId,
      'x-fc-invocation-duration': String(options.durationMs),
      'x-fc-max-memory-usage': result.maxMemoryMb.toFixed(2),
      ...(options.withLog ? { 'x-fc-log-result': log } : {}),
    },
    body: failed ? Buffer.from(JSON.stringify(ending.error)) : ending.body,
  };
}

/** The error type of everything but a callback's error, which ES modules have no means to give. */
export const UNHANDLED = 'UnhandledInvocationError';

/** What the front door refuses, in the words of Function Compute. Source: its "Error codes" (2026). */
export function unauthenticated(error: VendorError): VendorError {
  const code = error.code.startsWith('InvalidAccessKeyId')
    ? 'InvalidAccessKeyID'
    : (FRONT_DOOR.get(error.code) ?? 'AccessDenied');
  return new VendorError({
    status: code === 'MissingRequiredHeader' ? 400 : 403,
    code,
    message: error.message,
  });
}

const FRONT_DOOR: ReadonlyMap<string, string> = new Map([
  ['SignatureDoesNotMatch', 'SignatureNotMatch'],
  ['IncompleteSignature', 'MissingRequiredHeader'],
]);

export const invalidArgument = (message: string): VendorError =>
  new VendorError({ status: 400, code: 'InvalidArgument', message });

export const pathNotSupported = (method: string, path: string): VendorError =>
  new VendorError({
    status: 400,
    code: 'PathNotSupported',
    message: `'${method}' against '${path}' is not supported`,
  });

export const tooLarge = (maxBytes: number): VendorError =>
  new VendorError({
    status: 400,
    code: 'EntityTooLarge',
    message: `payload size exceeds maximum allowed size (${maxBytes} bytes)`,
  });

export const functionNotFound = (name: string): VendorError =>
  new VendorError({
    status: 404,
    code: 'FunctionNotFound',
    message: `function '${name}' does not exist`,
  });

export const qualifierNotFound = (name: string): VendorError =>
  new VendorError({
    status: 404,
    code: 'AliasNotFound',
    message: `alias '${name}' does not exist`,
  });

export const taskNotFound = (id: string): VendorError =>
  new VendorError({
    status: 404,
    code: 'AsyncTaskNotFound',
    message: `async task '${id}' does not exist`,
  });

/** The status is documented, the code is not: clients must go by 409. */
export const taskExists = (id: string, code: string): VendorError =>
  new VendorError({
    status: 409,
    code,
    message: `async task '${id}' already exists`,
  });

export const exhausted = (): VendorError =>
  new VendorError({
    status: 429,
    code: 'ResourceExhausted',
    message: 'the number of instances of the function has reached its reserved concurrency',
  });

/** HTTP status and sentence of the codes that can come to any call. */
export const FC_DOCUMENTED = {
  AccessDenied: [403, 'access denied'],
  ResourceExhausted: [429, 'the number of instances has reached its limit'],
  ResourceThrottled: [429, 'the request rate exceeds the limit of the account'],
  InternalServerError: [500, 'an internal error has occurred, please retry'],
  ServiceUnavailable: [503, 'the service is unavailable'],
} as const satisfies Record<string, readonly [number, string]>;
