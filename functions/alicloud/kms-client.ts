import Rpc, { Config } from '@alicloud/rpc-client';
import type { Credential } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { endReadTimers } from './read-timers.ts';
import { flatten, networkError, textsOf } from './rpc.ts';
import type { KmsCall, RpcAnswer, RpcError } from './rpc.ts';
import { networkFault, rebuild } from './sdk-errors.ts';

/**
 * Calls KMS 2016-01-20 through the vendor's RPC client: HMAC-SHA1, POST. The typed methods that
 * @alicloud/kms20160120 adds to it are not used, because they put every parameter, SecretData too, into the
 * URL, and cost a cold start their two hundred models. A security token goes into the URL all the same; the
 * SDK has no other place for it.
 */
export function createKmsClient(options: {
  readonly credential: Credential;
  readonly endpoint: Endpoint;
  readonly regionId: string;
  readonly timeoutMs: number;
}): (call: KmsCall) => Promise<RpcAnswer> {
  endReadTimers();
  const config = new Config({
    credential: options.credential,
    endpoint: options.endpoint.host,
    protocol: options.endpoint.protocol,
    regionId: options.regionId,
    // Equal on purpose, as for VPC.
    readTimeout: options.timeoutMs,
    connectTimeout: options.timeoutMs,
  });
  const client = new Rpc.default(config);
  return async (call) => {
    try {
      const body = await client.doRequest(
        call.action,
        'HTTPS',
        'POST',
        '2016-01-20',
        'AK',
        flatten(call.query),
        flatten(call.body ?? {}),
        NO_OPTIONS,
      );
      return { kind: 'ok', body };
    } catch (error) {
      return rebuildKmsError(error, textsOf(call));
    }
  };
}

/** Nothing beyond the client's own: no retries, no proxies. */
const NO_OPTIONS = {} as Parameters<InstanceType<typeof Rpc.default>['doRequest']>[7];

/**
 * This SDK appends `Error` to the code and keeps the status only in its message; the answer's own fields
 * are in `data`, which network errors do not have.
 */
export function rebuildKmsError(thrown: unknown, sent: readonly string[] = []): RpcError {
  const error = thrown instanceof Error ? thrown : new Error();
  const { code, data } = error as { code?: unknown; data?: Record<string, unknown> };
  if (data === undefined) return networkError(networkFault({ name: error.name, code }));
  const status = /code: (?<status>\d{3}),/u.exec(error.message)?.groups?.['status'];
  const fields = {
    code: data['Code'],
    status: status === undefined ? data['HttpStatus'] : Number(status),
    requestId: data['RequestId'],
    // The header that says it does not reach the caller of this SDK.
    retryAfterMs: null,
  };
  return rebuild(fields, sent) ?? networkError('unparsable');
}
