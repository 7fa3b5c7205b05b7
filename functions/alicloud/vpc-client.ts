import OpenApi, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { CreateCustomerGatewayRequest } from '@alicloud/vpc20160428/dist/models/CreateCustomerGatewayRequest.js';
import { DeleteCustomerGatewayRequest } from '@alicloud/vpc20160428/dist/models/DeleteCustomerGatewayRequest.js';
import { DescribeCustomerGatewaysRequest } from '@alicloud/vpc20160428/dist/models/DescribeCustomerGatewaysRequest.js';
import { DescribeVpnConnectionLogsRequest } from '@alicloud/vpc20160428/dist/models/DescribeVpnConnectionLogsRequest.js';
import { DescribeVpnConnectionsRequest } from '@alicloud/vpc20160428/dist/models/DescribeVpnConnectionsRequest.js';
import { DescribeVpnGatewaysRequest } from '@alicloud/vpc20160428/dist/models/DescribeVpnGatewaysRequest.js';
import { ModifyTunnelAttributeRequest } from '@alicloud/vpc20160428/dist/models/ModifyTunnelAttributeRequest.js';
import { ModifyVpnAttachmentAttributeRequest } from '@alicloud/vpc20160428/dist/models/ModifyVpnAttachmentAttributeRequest.js';
import { ModifyVpnConnectionAttributeRequest } from '@alicloud/vpc20160428/dist/models/ModifyVpnConnectionAttributeRequest.js';
import { RuntimeOptions, cast } from '@darabonba/typescript';
import type { Credential } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { flatten, networkError, textsOf } from './rpc.ts';
import type { RpcAnswer, RpcError, VpcAction, VpcCall } from './rpc.ts';
import { endReadTimers } from './read-timers.ts';
import { networkFault, rebuild } from './sdk-errors.ts';

/**
 * The vendor's own request model of each action. They are imported one by one: the package's entry loads
 * more than 1,300 files, which costs a cold start half a second and 40 MB.
 */
const REQUESTS = {
  DescribeVpnGateways: DescribeVpnGatewaysRequest,
  DescribeVpnConnections: DescribeVpnConnectionsRequest,
  DescribeCustomerGateways: DescribeCustomerGatewaysRequest,
  DescribeVpnConnectionLogs: DescribeVpnConnectionLogsRequest,
  ModifyTunnelAttribute: ModifyTunnelAttributeRequest,
  ModifyVpnConnectionAttribute: ModifyVpnConnectionAttributeRequest,
  ModifyVpnAttachmentAttribute: ModifyVpnAttachmentAttributeRequest,
  CreateCustomerGateway: CreateCustomerGatewayRequest,
  DeleteCustomerGateway: DeleteCustomerGatewayRequest,
} as const satisfies Record<VpcAction, unknown>;

/** Calls VPC 2016-04-28 through the vendor's core: RPC style, ACS3-HMAC-SHA256, POST, JSON answers. */
export function createVpcClient(options: {
  readonly credential: Credential;
  readonly endpointOf: (regionId: string) => Endpoint;
  readonly timeoutMs: number;
}): (call: VpcCall) => Promise<RpcAnswer> {
  endReadTimers();
  const clients = new Map<string, InstanceType<typeof OpenApi.default>>();
  const clientOf = (regionId: string) => {
    const known = clients.get(regionId);
    if (known !== undefined) return known;
    const { host, protocol } = options.endpointOf(regionId);
    const config = new $OpenApiUtil.Config({
      credential: options.credential,
      endpoint: host,
      protocol,
      regionId,
      // Equal on purpose: connectTimeout is an idle timeout for the whole exchange, and the smaller wins.
      readTimeout: options.timeoutMs,
      connectTimeout: options.timeoutMs,
    });
    const client = new OpenApi.default(config);
    clients.set(regionId, client);
    return client;
  };
  return async (call) => {
    const request = new $OpenApiUtil.OpenApiRequest(parametersOf(call));
    try {
      const answer = await clientOf(call.regionId).callApi(
        paramsOf(call.action),
        request,
        new RuntimeOptions({}),
      );
      return { kind: 'ok', body: answer['body'] };
    } catch (error) {
      return rebuildVpcError(error, textsOf(call));
    }
  };
}

/** The vendor's model is the authority on what an action takes; it silently drops what it does not know. */
function parametersOf(call: VpcCall): { query: object; body?: object } {
  const query = flatten(call.query);
  const body = flatten(call.body ?? {});
  const model = cast({ ...call.query, ...call.body }, new REQUESTS[call.action]({}));
  const known = OpenApiUtil.query(model.toMap());
  for (const name of [...Object.keys(query), ...Object.keys(body)]) {
    if (known[name] === undefined) throw new TypeError(`${call.action} has no parameter ${name}`);
  }
  return call.body === null ? { query } : { query, body };
}

function paramsOf(action: VpcAction) {
  return new $OpenApiUtil.Params({
    action,
    version: '2016-04-28',
    protocol: 'HTTPS',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
}

/** Only an API error has a status; a network error's `code` is the system's. */
export function rebuildVpcError(thrown: unknown, sent: readonly string[] = []): RpcError {
  const error: Record<string, unknown> = typeof thrown === 'object' ? { ...thrown } : {};
  const name = thrown instanceof Error ? thrown.name : undefined;
  if (typeof error['statusCode'] !== 'number') {
    return networkError(networkFault({ name, code: error['code'] }));
  }
  const fields = {
    code: error['code'],
    status: error['statusCode'],
    requestId: error['requestId'],
    retryAfterMs: error['retryAfter'],
  };
  return rebuild(fields, sent) ?? networkError('unparsable');
}
