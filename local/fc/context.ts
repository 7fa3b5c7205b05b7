import type { Execution } from './execution.ts';

/** The `context` argument of an event handler, all but its logger. Source: "Context", Node.js (2026). */
export interface FunctionContext {
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

export function contextOf(execution: Execution): FunctionContext {
  const { function: fn, credentials } = execution;
  return {
    requestId: execution.requestId,
    ...(credentials === null
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            accessKeySecret: credentials.accessKeySecret,
            securityToken: credentials.securityToken,
          },
        }),
    function: {
      name: fn.name,
      handler: `index.${fn.handlerExport}`,
      memory: fn.memoryMb,
      timeout: fn.timeoutSeconds,
    },
    service: {
      name: '',
      logProject: '',
      logStore: '',
      qualifier: execution.qualifier,
      versionId: '',
    },
    region: execution.regionId,
    accountId: execution.accountId,
    retryCount: execution.retryCount,
  };
}
