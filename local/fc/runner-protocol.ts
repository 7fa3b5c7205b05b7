import type { FunctionError } from './execution.ts';

/** The `context` argument of an event handler, all but its logger. Source: "Context", Node.js (2026). */
export interface RunnerContext {
  readonly requestId: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string;
  };
  readonly function: {
    readonly name: string;
    readonly handler: string;
    readonly memory: number;
    readonly timeout: number;
  };
  /** Kept in FC 3.0 for old code; only the qualifier means something. */
  readonly service: {
    readonly name: string;
    readonly logProject: string;
    readonly logStore: string;
    readonly qualifier: string;
    readonly versionId: string;
  };
  readonly region: string;
  readonly accountId: string;
  readonly retryCount: number;
}

/** What the parent sends over the process's message channel. Never in arguments: those can be listed. */
export interface RunnerStart {
  readonly bundlePath: string;
  readonly handlerExport: string;
  readonly event: Uint8Array;
  readonly context: RunnerContext;
}

export type RunnerEnd =
  | { readonly kind: 'returned'; readonly body: Uint8Array }
  | { readonly kind: 'failed'; readonly error: FunctionError };
