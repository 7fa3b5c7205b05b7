import { classify } from '../core/error-classes.ts';
import type { FailedCall } from '../core/error-classes.ts';
import type { Outcome } from '../core/failure.ts';

/**
 * The seam between what Keyturn says (encode and decode, in this folder's `*-requests` and `*-answers`)
 * and how it travels (`vpc-client.ts`, `kms-client.ts`, or a simulation's own transport in-process).
 */

/** Every action the VPN adapter calls; policies must allow these and no other. */
export const VPC_ACTIONS = [
  'DescribeVpnGateways',
  'DescribeVpnConnections',
  'DescribeCustomerGateways',
  'DescribeVpnConnectionLogs',
  'ModifyTunnelAttribute',
  'ModifyVpnConnectionAttribute',
  'ModifyVpnAttachmentAttribute',
  'CreateCustomerGateway',
  'DeleteCustomerGateway',
] as const;

/** Every action the secret store calls. */
export const KMS_ACTIONS = [
  'ListSecrets',
  'ListSecretVersionIds',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
] as const;

/** Every action the invoker calls, on Function Compute's own API. */
export const FC_ACTIONS = ['InvokeFunction', 'ListAsyncTasks', 'GetAsyncTask'] as const;

export type VpcAction = (typeof VPC_ACTIONS)[number];
export type KmsAction = (typeof KMS_ACTIONS)[number];

/** Request parameters in the vendor's spelling, before they are flattened. */
export interface WireMap {
  readonly [name: string]: string | number | boolean | WireMap | readonly WireMap[];
}

interface Parameters {
  readonly regionId: string;
  readonly query: WireMap;
  /** Sent as a form; null for no body at all. */
  readonly body: WireMap | null;
}

export interface VpcCall extends Parameters {
  readonly product: 'vpc';
  readonly action: VpcAction;
}

export interface KmsCall extends Parameters {
  readonly product: 'kms';
  readonly action: KmsAction;
}

export type RpcCall = VpcCall | KmsCall;

export type RpcError = { readonly kind: 'error' } & Omit<FailedCall, 'operation'>;

export type RpcAnswer =
  /** The parsed JSON of a 2xx answer. */
  { readonly kind: 'ok'; readonly body: unknown } | RpcError;

/** One request, one answer: never retries, never throws for anything a network or a service can do. */
export interface RpcTransport {
  request(call: RpcCall): Promise<RpcAnswer>;
}

/** Makes the call and decodes its answer; `decode` says null for a shape it does not understand. */
export async function ask<T>(
  transport: RpcTransport,
  call: RpcCall,
  decode: (body: unknown) => T | null | Promise<T | null>,
): Promise<Outcome<T>> {
  const answer = await transport.request(call);
  const operation = call.action;
  if (answer.kind === 'error') return classify({ ...answer, operation });
  const value = await decode(answer.body);
  if (value !== null) return { kind: 'ok', value };
  return classify({ operation, ...networkError('unparsable') });
}

/** The value of every parameter, as it travels. */
export function textsOf({ query, body }: Parameters): readonly string[] {
  return Object.values({ ...flatten(query), ...flatten(body ?? {}) });
}

/** No understood answer. */
export function networkError(network: NonNullable<FailedCall['network']>): RpcError {
  return { kind: 'error', code: '', status: null, requestId: null, retryAfterMs: null, network };
}

/** Parameters as they travel: `A.B` for a member, `A.1.B` for the first item of a list, all text. */
export function flatten(map: WireMap): Record<string, string> {
  const flat: Record<string, string> = {};
  const put = (name: string, value: WireMap[string]): void => {
    if (typeof value !== 'object') {
      flat[name] = String(value);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      put(Array.isArray(value) ? `${name}.${Number(key) + 1}` : `${name}.${key}`, member);
    }
  };
  for (const [name, value] of Object.entries(map)) put(name, value);
  return flat;
}
