import type { FunctionContext } from './context.ts';
import type { FunctionError } from './execution.ts';

/** What the parent sends over the process's message channel. Never in arguments: those can be listed. */
export interface RunnerStart {
  readonly bundlePath: string;
  readonly handlerExport: string;
  readonly event: Uint8Array;
  readonly context: FunctionContext;
}

export type RunnerEnd =
  | { readonly kind: 'returned'; readonly body: Uint8Array }
  | { readonly kind: 'failed'; readonly error: FunctionError };
