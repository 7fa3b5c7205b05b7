/** RPC signature version 1.0 (HMAC-SHA1), "signature method V2": over all parameters of query and form. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Params } from '../operation.ts';
import { canonicalQuery, percentEncode } from './encoding.ts';
import { gatewayRefusal, signatureMismatch } from './gateway-refusals.ts';

export function verifyRpc(method: string, params: Params, secret: string): void {
  const { Signature: signature = '', ...signed } = params;
  const known = params['SignatureMethod'] === 'HMAC-SHA1' && params['SignatureVersion'] === '1.0';
  if (!known) throw gatewayRefusal('IncompleteSignature');
  const query = canonicalQuery(signed, percentEncode);
  const text = `${method}&${percentEncode('/')}&${percentEncode(query)}`;
  const expected = createHmac('sha1', `${secret}&`).update(text).digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw signatureMismatch(text);
  }
}
