/** Where a service is reached. `host` holds the port when it is not the protocol's own. */
export interface Endpoint {
  readonly protocol: 'http' | 'https';
  readonly host: string;
}

export type ParsedEndpoint =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** Says which rule is broken, never the text, which may hold credentials. */
  | { readonly kind: 'fault'; readonly rule: string };

/**
 * Reads an endpoint: a host with or without a port, or a URL of scheme and host only. Without a scheme it
 * is https; plain http is for loopback, where the local cloud listens, and nowhere else.
 */
export function parseEndpoint(text: string): ParsedEndpoint {
  const fault = (rule: string): ParsedEndpoint => ({ kind: 'fault', rule });
  if (text.trim() !== text || text === '') return fault('must not be empty or padded');
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `https://${text}`);
  } catch {
    return fault('must be a host, or http:// or https:// and a host');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return fault('must be reached by https, or by http on loopback');
  }
  if (url.username !== '' || url.password !== '') return fault('must not hold credentials');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return fault('must end after the host and port');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return fault('must be https: plain http would send keys in the clear');
  }
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { kind: 'endpoint', endpoint: { protocol, host: url.host } };
}

/** The URL parser has already written every IPv4 spelling as four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/u.test(hostname);
}

/**
 * Public regions whose VPC endpoint is not `vpc.<region>.aliyuncs.com`.
 * Source: the endpoint map of @alicloud/vpc20160428 7.3.2, without its internal and test regions.
 */
const CENTRAL_VPC_REGIONS: ReadonlySet<string> = new Set([
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-shanghai-finance-1',
  'cn-shenzhen-finance-1',
  'cn-beijing-gov-1',
  'cn-north-2-gov-1',
]);

export function vpcEndpoint(regionId: string): Endpoint {
  const host = CENTRAL_VPC_REGIONS.has(regionId) ? 'vpc' : `vpc.${regionId}`;
  return { protocol: 'https', host: `${host}.aliyuncs.com` };
}

/** KMS's shared gateway: the dedicated one cannot write secrets. */
export function kmsEndpoint(regionId: string): Endpoint {
  return { protocol: 'https', host: `kms.${regionId}.aliyuncs.com` };
}

/** Function Compute's own form: the account is part of the host. Source: its endpoints page, November 2025. */
export function fcEndpoint(accountId: string, regionId: string): Endpoint {
  return { protocol: 'https', host: `${accountId}.${regionId}.fc.aliyuncs.com` };
}
