import { Readable } from 'node:stream';
import { InvokeFunctionHeaders } from '@alicloud/fc20230330/dist/models/InvokeFunctionHeaders.js';
import { ListAsyncTasksRequest } from '@alicloud/fc20230330/dist/models/ListAsyncTasksRequest.js';
import OpenApi, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { Credential } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { networkError } from './rpc.ts';
import type { RpcAnswer } from './rpc.ts';
import { rebuildVpcError } from './vpc-client.ts';

/** `functionName` as Function Compute 3.0 has it: a function of a 2.0 service is `service$name`. */
export type FcCall = { readonly functionName: string } & (
  | { readonly action: 'InvokeFunction'; readonly taskId: string; readonly event: string }
  | {
      readonly action: 'ListAsyncTasks';
      readonly prefix: string;
      readonly nextToken: string | null;
    }
  | { readonly action: 'GetAsyncTask'; readonly taskId: string }
);

interface Wire {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bodyType: 'json' | 'binary';
  readonly headers: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly event: string | null;
}

/** ListAsyncTasks' documented maximum. */
const PAGE_SIZE = 100;

/**
 * Calls Function Compute 3.0 (2023-03-30) through the vendor's core with the vendor's models, as the VPC
 * client does and for the same reason: the package's entry loads 850 files. SDK retries must stay off: one
 * would read a consumed stream again and never end.
 */
export function createFcClient(options: {
  readonly credential: Credential;
  readonly endpoint: Endpoint;
  readonly regionId: string;
  readonly timeoutMs: number;
}): (call: FcCall) => Promise<RpcAnswer> {
  const client = new OpenApi.default(
    new $OpenApiUtil.Config({
      credential: options.credential,
      // Without one the SDK would make up `fc.aliyuncs.com`.
      endpoint: options.endpoint.host,
      protocol: options.endpoint.protocol,
      regionId: options.regionId,
      // Equal on purpose, as for VPC.
      readTimeout: options.timeoutMs,
      connectTimeout: options.timeoutMs,
    }),
  );
  return async (call) => {
    const { method, path, bodyType, headers, query, event } = wireOf(call);
    try {
      const answer = await client.callApi(
        new $OpenApiUtil.Params({
          action: call.action,
          version: '2023-03-30',
          protocol: 'HTTPS',
          pathname: `/2023-03-30/functions/${encodeURIComponent(call.functionName)}/${path}`,
          method,
          authType: 'AK',
          style: 'ROA',
          reqBodyType: 'json',
          bodyType,
        }),
        new $OpenApiUtil.OpenApiRequest({
          headers,
          query: OpenApiUtil.query(query),
          ...(event === null ? {} : { stream: Readable.from([Buffer.from(event)]) }),
        }),
        new RuntimeOptions({}),
      );
      return bodyType === 'json' ? { kind: 'ok', body: answer['body'] } : acceptedBy(answer);
    } catch (error) {
      return rebuildVpcError(error);
    }
  };
}

function wireOf(call: FcCall): Wire {
  const read = { method: 'GET', bodyType: 'json', headers: {}, query: {}, event: null } as const;
  switch (call.action) {
    case 'InvokeFunction': {
      const names = InvokeFunctionHeaders.names();
      return {
        method: 'POST',
        path: 'invocations',
        bodyType: 'binary',
        headers: {
          [names['xFcInvocationType'] ?? '']: 'Async',
          [names['xFcAsyncTaskId'] ?? '']: call.taskId,
        },
        query: {},
        event: call.event,
      };
    }
    case 'ListAsyncTasks': {
      const { prefix, nextToken } = call;
      const page = { prefix, limit: PAGE_SIZE, ...(nextToken === null ? {} : { nextToken }) };
      return { ...read, path: 'async-tasks', query: new ListAsyncTasksRequest(page).toMap() };
    }
    case 'GetAsyncTask':
      return { ...read, path: `async-tasks/${encodeURIComponent(call.taskId)}` };
  }
}

/** An asynchronous invocation is answered 202 and nothing else. A function's own error comes as 200. */
function acceptedBy(answer: Record<string, unknown>): RpcAnswer {
  const { body, statusCode } = answer;
  // Nobody reads it; unread it would keep the connection.
  if (body instanceof Readable) body.resume();
  return Number(statusCode) === 202 ? { kind: 'ok', body: {} } : networkError('unparsable');
}
