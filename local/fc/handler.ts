/** What a handler's end looks like from outside. */
import type { FunctionError } from './execution.ts';

/** Text and bytes go out as they are; the service's treatment of other values is JSON as far as is known. */
export function encode(value: unknown): Buffer {
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What a handler threw, as the service reports it. */
export function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorMessage: String(error), errorType: typeof error, stackTrace: [] };
  }
  return {
    errorMessage: error.message,
    errorType: error.name,
    stackTrace: (error.stack ?? '').split('\n'),
  };
}
