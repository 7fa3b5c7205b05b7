/**
 * ACS3-HMAC-SHA256, "request syntax and signature method V3". Written from the documentation, not from an
 * SDK; names of query parameters are accepted encoded (documented) and raw (what the SDKs sign).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalQuery, parseForm, percentEncode } from './encoding.ts';
import { gatewayRefusal, signatureMismatch } from './gateway-refusals.ts';
import type { HttpRequest } from './call.ts';

export interface Acs3 {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export function parseAcs3(authorization: string): Acs3 {
  const match =
    /^ACS3-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (match === null) throw gatewayRefusal('IncompleteSignature');
  const [, accessKeyId = '', headers = '', signature = ''] = match;
  return { accessKeyId, signedHeaders: headers.split(';'), signature };
}

/** What has to be signed besides the path and the query, or a tampered header would go unnoticed. */
const MUST_SIGN = ['host', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'];

export function verifyAcs3(request: HttpRequest, acs3: Acs3, secret: string): void {
  const { headers } = request;
  const present = Object.keys(headers).filter((name) => name.startsWith('x-acs-'));
  const signed = new Set(acs3.signedHeaders);
  if (![...MUST_SIGN, ...present].every((name) => signed.has(name))) {
    throw gatewayRefusal('IncompleteSignature');
  }
  const bodyHash = createHash('sha256').update(request.body).digest('hex');
  const canonical = (encodeName: (name: string) => string): string =>
    [
      request.method,
      request.path,
      canonicalQuery(parseForm(request.query), encodeName),
      ...acs3.signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
      '',
      acs3.signedHeaders.join(';'),
      bodyHash,
    ].join('\n');
  const accepted = [percentEncode, (name: string) => name].some((encodeName) => {
    const text = stringToSign(canonical(encodeName));
    const expected = createHmac('sha256', secret).update(text).digest();
    return timingSafeEqual(expected, Buffer.from(acs3.signature, 'hex'));
  });
  const hashMatches = headers['x-acs-content-sha256'] === bodyHash;
  if (!accepted || !hashMatches) throw signatureMismatch(stringToSign(canonical(percentEncode)));
}

function stringToSign(canonical: string): string {
  return `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`;
}
