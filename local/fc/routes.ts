/**
 * The calls that this Function Compute answers: invocation in both APIs, task control in FC 3.0 only.
 * RAM actions and resources: "Policies and sample policies" (2025-06-05).
 */
import { LATEST } from './function.ts';

export type Api = 'fc2' | 'fc3';

export const FC_OPERATIONS = [
  'InvokeFunction',
  'GetAsyncTask',
  'ListAsyncTasks',
  'StopAsyncTask',
] as const;

export interface FcCall {
  readonly api: Api;
  readonly operation: (typeof FC_OPERATIONS)[number];
  readonly access: 'read' | 'write';
  readonly functionName: string;
  readonly qualifier: string;
  /** Empty unless the operation is about one task. */
  readonly taskId: string;
  readonly ram: { readonly action: string; readonly resource: string };
}

type Operation = FcCall['operation'];

const FC2_INVOKE = /^\/2016-08-15\/services\/([^/]+)\/functions\/([^/]+)\/invocations$/;
const FC3: readonly { operation: Operation; method: string; path: RegExp }[] = [
  {
    operation: 'InvokeFunction',
    method: 'POST',
    path: /^\/2023-03-30\/functions\/([^/]+)\/invocations$/,
  },
  {
    operation: 'ListAsyncTasks',
    method: 'GET',
    path: /^\/2023-03-30\/functions\/([^/]+)\/async-tasks$/,
  },
  {
    operation: 'GetAsyncTask',
    method: 'GET',
    path: /^\/2023-03-30\/functions\/([^/]+)\/async-tasks\/([^/]+)$/,
  },
  {
    operation: 'StopAsyncTask',
    method: 'PUT',
    path: /^\/2023-03-30\/functions\/([^/]+)\/async-tasks\/([^/]+)\/stop$/,
  },
];

export const apiOf = (path: string): Api => (path.startsWith('/2016-08-15/') ? 'fc2' : 'fc3');

/** Null when there is no such call. */
export function routeFcCall(
  request: { method: string; path: string; query: Readonly<Record<string, string>> },
  place: { regionId: string; accountId: string },
): FcCall | null {
  const arn = (resource: string): string =>
    `acs:fc:${place.regionId}:${place.accountId}:${resource}`;
  const fc2 = request.method === 'POST' ? FC2_INVOKE.exec(request.path) : null;
  if (fc2 !== null) {
    const [service = '', name = ''] = segments(fc2);
    const [serviceName = '', qualifier = LATEST] = service.split('.');
    return {
      api: 'fc2',
      operation: 'InvokeFunction',
      access: 'write',
      functionName: `${serviceName}$${name}`,
      qualifier,
      taskId: '',
      ram: {
        action: 'fc:InvokeFunction',
        resource: arn(`services/${service}/functions/${name}`),
      },
    };
  }
  for (const { operation, method, path } of FC3) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match === null) continue;
    const [functionName = '', taskId = ''] = segments(match);
    const qualifier = request.query['qualifier'] ?? LATEST;
    const target = `functions/${functionName}${qualifier === LATEST ? '' : `/${qualifier}`}`;
    const task = operation === 'InvokeFunction' ? '' : `/async-tasks/${taskId || '*'}`;
    const ram = { action: `fc:${operation}`, resource: arn(`${target}${task}`) };
    const access = method === 'GET' ? 'read' : 'write';
    return { api: 'fc3', operation, access, functionName, qualifier, taskId, ram };
  }
  return null;
}

/** What cannot be decoded stays as it came, and is then found nowhere. */
function segments(match: RegExpExecArray): readonly string[] {
  return match.slice(1).map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  });
}
