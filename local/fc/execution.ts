import type { TemporaryCredentials } from '../ram/roles.ts';
import type { FunctionDescription } from './function.ts';

/** One run of a function. */
export interface Execution {
  readonly requestId: string;
  readonly function: FunctionDescription;
  readonly event: Buffer;
  /** Null for a function without a role. */
  readonly credentials: TemporaryCredentials | null;
  readonly accountId: string;
  readonly regionId: string;
  readonly qualifier: string;
  readonly retryCount: number;
}

/** What a failed invocation answers with. Type and stack are missing when the process died. */
export interface FunctionError {
  readonly errorMessage: string;
  readonly errorType?: string;
  readonly stackTrace?: readonly string[];
}

export type Ending =
  | { readonly kind: 'returned'; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly error: FunctionError };

export interface Executed {
  readonly ending: Ending;
  /** Standard output and error, bounded: the end of it. */
  readonly logs: string;
  readonly maxMemoryMb: number;
}

/** Runs a function once. Aborting kills it; the ending then is that of a process that died. */
export type Execute = (execution: Execution, signal: AbortSignal) => Promise<Executed>;
