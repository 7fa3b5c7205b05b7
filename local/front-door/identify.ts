/** Which product, which action, signed how. */
import type { Params } from '../operation.ts';
import { KMS_VERSION } from '../kms/operations.ts';
import { VPC_VERSION } from '../vpc/operations.ts';
import type { HttpRequest, Product } from './call.ts';
import { parseForm } from './encoding.ts';
import { gatewayRefusal } from './gateway-refusals.ts';

export interface Identified {
  readonly request: HttpRequest;
  readonly product: Product;
  readonly scheme: 'acs3' | 'rpc' | 'fc';
  readonly action: string;
  readonly query: Params;
  readonly form: Params;
}

/** Protocol parameters of the RPC scheme; no operation sees them. */
const PROTOCOL = new Set([
  'Action',
  'Version',
  'Format',
  'Timestamp',
  'SignatureNonce',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureType',
  'AccessKeyId',
  'SecurityToken',
  'Signature',
]);

export function identify(request: HttpRequest): Identified {
  const { headers, path, service } = request;
  const authorization = headers['authorization'] ?? '';
  const query = parseForm(request.query);
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (service === 'fc') {
    const scheme = authorization.startsWith('ACS3-') ? 'acs3' : 'fc';
    return { request, product: 'fc', scheme, action: path, query, form: {} };
  }
  const form = isForm ? parseForm(String(request.body)) : {};
  const scheme = authorization.startsWith('ACS3-') ? 'acs3' : 'rpc';
  const given = (name: string, header: string): string =>
    (scheme === 'acs3' ? headers[header] : (query[name] ?? form[name])) ?? '';
  const version = given('Version', 'x-acs-version');
  const products: Readonly<Record<string, Product>> = {
    [VPC_VERSION]: 'vpc',
    [KMS_VERSION]: 'kms',
  };
  const product = products[version];
  if (product === undefined || product !== service) {
    throw gatewayRefusal('InvalidApi.NotFound');
  }
  return { request, product, scheme, action: given('Action', 'x-acs-action'), query, form };
}

export function withoutProtocol(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !PROTOCOL.has(name)));
}
