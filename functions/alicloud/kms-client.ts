import Kms from '@alicloud/kms20160120';
import { RuntimeOptions } from '@alicloud/tea-util';
import type { Credential } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { flatten, networkError } from './rpc.ts';
import type { KmsCall, RpcAnswer, RpcError } from './rpc.ts';
import { networkFault, rebuild } from './sdk-errors.ts';

/**
 * Calls KMS 2016-01-20 through the vendor's client: RPC style, HMAC-SHA1, POST. `doRequest` instead of the
 * typed methods, because those put every parameter, SecretData too, into the URL. A security token goes
 * into the URL all the same; the SDK has no other place for it.
 */
export function createKmsClient(options: {
  readonly credential: Credential;
  readonly endpoint: Endpoint;
  readonly regionId: string;
  readonly timeoutMs: number;
}): (call: KmsCall) => Promise<RpcAnswer> {
  const config = {
    credential: options.credential,
    endpoint: options.endpoint.host,
    protocol: options.endpoint.protocol,
    regionId: options.regionId,
    // Equal on purpose, as for VPC.
    readTimeout: options.timeoutMs,
    connectTimeout: options.timeoutMs,
  };
  // The constructor reads a plain object; its type wants a class of a package we do not depend on.
  const client = new Kms.default(config as ConstructorParameters<typeof Kms.default>[0]);
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
        new RuntimeOptions({}),
      );
      return { kind: 'ok', body };
    } catch (error) {
      return rebuildKmsError(error);
    }
  };
}

/**
 * This SDK appends `Error` to the code and keeps the status only in its message; the answer's own fields
 * are in `data`, which network errors do not have.
 */
export function rebuildKmsError(thrown: unknown): RpcError {
  const error = thrown instanceof Error ? thrown : new Error();
  const { code, data } = error as { code?: unknown; data?: Record<string, unknown> };
  if (data === undefined) return networkError(networkFault({ name: error.name, code }));
  const status = /code: (?<status>\d{3}),/u.exec(error.message)?.groups?.['status'];
  const rebuilt = rebuild({
    code: data['Code'],
    status: status === undefined ? data['HttpStatus'] : Number(status),
    requestId: data['RequestId'],
    // The header that says it does not reach the caller of this SDK.
    retryAfterMs: null,
  });
  return rebuilt ?? networkError('unparsable');
}
