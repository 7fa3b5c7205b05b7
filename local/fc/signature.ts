/**
 * The signature of FC 2.0's API (2016-08-15): HMAC-SHA256 over method, content headers, date, all `x-fc-*`
 * headers and the path. Source: Function Compute 2.0 documentation, "Signature authentication".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

type Headers = Readonly<Record<string, string | undefined>>;

/** `FC <AccessKeyId>:<signature>`, or null when the header is something else. */
export function parseFcAuthorization(
  authorization: string,
): { accessKeyId: string; signature: string } | null {
  const match = /^FC ([^:\s]+):([A-Za-z0-9+/]+=*)$/.exec(authorization);
  if (match === null) return null;
  const [, accessKeyId = '', signature = ''] = match;
  return { accessKeyId, signature };
}

/** Header names in lower case; `path` without the query, which is not signed for invocations. */
export function verifyFcSignature(request: {
  method: string;
  path: string;
  headers: Headers;
  body: Buffer;
  signature: string;
  accessKeySecret: string;
}): boolean {
  const { headers } = request;
  const contentMd5 = headers['content-md5'] ?? '';
  if (contentMd5 !== '' && contentMd5 !== hexMd5InBase64(request.body)) return false;
  const signed = Object.keys(headers)
    .filter((name) => name.startsWith('x-fc-'))
    .toSorted()
    .map((name) => `${name}:${headers[name] ?? ''}\n`)
    .join('');
  const text = [
    request.method,
    contentMd5,
    headers['content-type'] ?? '',
    headers['date'] ?? '',
    `${signed}${request.path}`,
  ].join('\n');
  const expected = createHmac('sha256', request.accessKeySecret).update(text).digest();
  const given = Buffer.from(request.signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The vendor's client sends the Base64 of the MD5's hexadecimal *text*, not of its bytes. */
function hexMd5InBase64(body: Buffer): string {
  return Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64');
}
