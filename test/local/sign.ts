/**
 * Requests signed by hand, written from the vendor's description of its two signature methods: "V3 request
 * body & signature mechanism" (ACS3-HMAC-SHA256) and "RPC mechanism" (HMAC-SHA1). Shares no code with the
 * local cloud or with an SDK, so that all three must agree.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';

export interface Signer {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Described {
  readonly endpoint: string;
  readonly action: string;
  readonly version: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** Default: now. */
  readonly at?: number;
  readonly nonce?: string;
  /** ACS3: signs parameter names as they are, like the vendor's clients, not encoded as its page says. */
  readonly rawNames?: boolean;
}

const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (c) =>
    `%${c.charCodeAt(0).toString(16)}`.toUpperCase(),
  );

const encode = (params: Readonly<Record<string, string>>, rawNames = false): string =>
  Object.entries(params)
    .map(([name, value]) => `${rawNames ? name : escape(name)}=${escape(value)}`)
    .sort()
    .join('&');

const seconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+/u, '');

export function signAcs3(described: Described, signer: Signer): Request {
  const { endpoint, query = {}, form, at = Date.now(), nonce = randomUUID() } = described;
  const body = form === undefined ? '' : encode(form);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const signed: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-acs-action': described.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': seconds(at),
    'x-acs-signature-nonce': nonce,
    'x-acs-version': described.version,
    ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(signer.securityToken === undefined ? {} : { 'x-acs-security-token': signer.securityToken }),
  };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const signedQuery = encode(query, described.rawNames);
  const canonical = `POST\n/\n${signedQuery}\n${lines}\n${names.join(';')}\n${bodyHash}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signature = createHmac('sha256', signer.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${digest}`)
    .digest('hex');
  const { host: _host, ...headers } = signed;
  const authorization =
    `ACS3-HMAC-SHA256 Credential=${signer.accessKeyId},` +
    `SignedHeaders=${names.join(';')},Signature=${signature}`;
  return {
    url: `${endpoint}/?${encode(query)}`,
    method: 'POST',
    headers: { ...headers, authorization },
    body,
  };
}

export function signRpc(described: Described, signer: Signer): Request {
  const { endpoint, query = {}, form = {}, at = Date.now(), nonce = randomUUID() } = described;
  const unsigned = {
    ...query,
    Action: described.action,
    Version: described.version,
    Format: 'JSON',
    AccessKeyId: signer.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: seconds(at),
    ...(signer.securityToken === undefined ? {} : { SecurityToken: signer.securityToken }),
  };
  const text = `POST&${escape('/')}&${escape(encode({ ...unsigned, ...form }))}`;
  const Signature = createHmac('sha1', `${signer.accessKeySecret}&`).update(text).digest('base64');
  return {
    url: `${endpoint}/?${encode({ ...unsigned, Signature })}`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: encode(form),
  };
}

/** FC 2.0's signature, from its page "Signature authentication": method, content headers, date, `x-fc-*`, path. */
export function signFc(
  described: {
    readonly endpoint: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
    readonly at?: number;
  },
  signer: Signer,
): Request {
  const { endpoint, path, body, at = Date.now() } = described;
  const token = signer.securityToken;
  const own = token === undefined ? {} : { 'x-fc-security-token': token };
  const named: Readonly<Record<string, string>> = { ...described.headers, ...own };
  // The vendor's client sends the text of the digest in Base64, not its bytes.
  const digest = createHash('md5').update(body).digest('hex');
  const sent = {
    'content-type': 'application/octet-stream',
    'content-md5': Buffer.from(digest).toString('base64'),
    date: new Date(at).toUTCString(),
  };
  const lines = Object.keys(named)
    .sort()
    .map((name) => `${name}:${named[name]}\n`)
    .join('');
  const head = `POST\n${sent['content-md5']}\n${sent['content-type']}\n${sent.date}\n`;
  const signature = createHmac('sha256', signer.accessKeySecret)
    .update(`${head}${lines}${path}`)
    .digest('base64');
  const authorization = `FC ${signer.accessKeyId}:${signature}`;
  return {
    url: `${endpoint}${path}`,
    method: 'POST',
    headers: { ...named, ...sent, authorization },
    body,
  };
}

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function send({ url, ...request }: Request): Promise<Answered> {
  const response = await fetch(url, request);
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}
