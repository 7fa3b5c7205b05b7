import Fc2 from '@alicloud/fc2';
import type { Credential } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import type { StartOn2 } from './invoker.ts';
import { networkError } from './rpc.ts';
import type { RpcAnswer } from './rpc.ts';
import { networkFault, rebuild } from './sdk-errors.ts';

/**
 * Starts tasks of a Function Compute 2.0 service through the vendor's client of that API (2016-08-15). It
 * takes credentials at construction only, so there is one client a call; without `secure` and an endpoint
 * it would speak plain http. It has no method to ask about a task: those go through the API of 3.0.
 */
export function createFc2Client(options: {
  readonly credential: Credential;
  readonly accountId: string;
  readonly endpoint: Endpoint;
  readonly regionId: string;
  readonly timeoutMs: number;
}): StartOn2 {
  const { protocol, host } = options.endpoint;
  return async ({ serviceName, name, taskId, event }) => {
    const keys = await options.credential.getCredential();
    // A token goes along only with an id that begins with STS; with any other it would be left out.
    const client = new Fc2(options.accountId, {
      accessKeyID: keys.accessKeyId ?? '',
      accessKeySecret: keys.accessKeySecret ?? '',
      ...(keys.securityToken ? { securityToken: keys.securityToken } : {}),
      region: options.regionId,
      endpoint: `${protocol}://${host}`,
      secure: protocol === 'https',
      timeout: options.timeoutMs,
    });
    try {
      const { headers } = await client.invokeFunction(serviceName, name, event, {
        'X-Fc-Invocation-Type': 'Async',
        'X-Fc-Stateful-Async-Invocation-Id': taskId,
      });
      // A failed function is an ordinary answer with this header; an accepted task has none.
      const failed = headers['x-fc-error-type'] !== undefined;
      return failed ? networkError('unparsable') : { kind: 'ok', body: {} };
    } catch (error) {
      return rebuildFc2Error(error);
    }
  };
}

/** The status is in the message only: `POST /… failed with 409. requestid: …, message: …`. */
export function rebuildFc2Error(thrown: unknown): RpcAnswer {
  const error = thrown instanceof Error ? thrown : new Error();
  const { code } = error as { code?: unknown };
  const found = /failed with (?<status>\d{3})\. requestid: (?<id>[^,]*),/u.exec(error.message);
  if (found === null) return networkError(networkFault({ name: error.name, code }));
  const rebuilt = rebuild({
    code,
    status: Number(found.groups?.['status']),
    requestId: found.groups?.['id'],
    retryAfterMs: null,
  });
  return rebuilt ?? networkError('unparsable');
}
