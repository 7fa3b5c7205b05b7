/** Who it is: the key is known and active, the signature right, the time near, the nonce new. */
import type { Caller } from '../operation.ts';
import { parseFcAuthorization, verifyFcSignature } from '../fc/signature.ts';
import { parseAcs3, verifyAcs3 } from './acs3.ts';
import type { Credentials } from './credentials.ts';
import { gatewayRefusal, signatureMismatch } from './gateway-refusals.ts';
import type { Identified } from './identify.ts';
import { checkTime } from './nonces.ts';
import type { Nonces } from './nonces.ts';
import { verifyRpc } from './rpc.ts';

export interface Known {
  readonly credentials: Credentials;
  readonly nonces: Nonces;
}

export function authenticate(identified: Identified, known: Known, now: number): Caller {
  switch (identified.scheme) {
    case 'acs3':
      return byAcs3(identified, known, now);
    case 'rpc':
      return byRpc(identified, known, now);
    case 'fc':
      return byFc(identified, known, now);
  }
}

function byAcs3({ request }: Identified, known: Known, now: number): Caller {
  const { headers } = request;
  const acs3 = parseAcs3(headers['authorization'] ?? '');
  const token = headers['x-acs-security-token'];
  const { secret, caller } = known.credentials.resolve(acs3.accessKeyId, token, now);
  checkTime(headers['x-acs-date'], now);
  verifyAcs3(request, acs3, secret);
  known.nonces.use(acs3.accessKeyId, headers['x-acs-signature-nonce'] ?? '', now);
  return caller;
}

function byRpc({ request, query, form }: Identified, known: Known, now: number): Caller {
  const params = { ...form, ...query };
  const accessKeyId = params['AccessKeyId'] ?? '';
  const { secret, caller } = known.credentials.resolve(accessKeyId, params['SecurityToken'], now);
  checkTime(params['Timestamp'], now);
  verifyRpc(request.method, params, secret);
  known.nonces.use(accessKeyId, params['SignatureNonce'] ?? '', now);
  return caller;
}

/** This scheme has no nonce. */
function byFc({ request }: Identified, known: Known, now: number): Caller {
  const { headers } = request;
  const parsed = parseFcAuthorization(headers['authorization'] ?? '');
  if (parsed === null) throw gatewayRefusal('IncompleteSignature');
  const token = headers['x-fc-security-token'];
  const { secret, caller } = known.credentials.resolve(parsed.accessKeyId, token, now);
  checkTime(headers['date'], now);
  const { signature } = parsed;
  if (!verifyFcSignature({ ...request, signature, accessKeySecret: secret })) {
    throw signatureMismatch('');
  }
  return caller;
}
