/** The refusals of the API gateway in front of every product (vendor's common error codes). */
import { VendorError } from '../operation.ts';

const TABLE = {
  MissingAccessKeyId: [400, 'AccessKeyId is mandatory for this action.'],
  IncompleteSignature: [400, 'The request signature does not conform to Aliyun standards.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  'InvalidAccessKeyId.Inactive': [400, 'Specified access key is disabled.'],
  MissingSecurityToken: [400, 'SecurityToken is mandatory for this action.'],
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  'InvalidApi.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  'Throttling.User': [400, 'Request was denied due to user flow control.'],
  IdempotentParameterMismatch: [
    400,
    'The request uses the same client token as a previous, but non-identical request.',
  ],
  'InvalidRegionId.NotFound': [404, 'The specified region is not found.'],
  InvalidClientToken: [400, 'The specified ClientToken is not valid.'],
} as const satisfies Record<string, readonly [number, string]>;

export function gatewayRefusal(code: keyof typeof TABLE): VendorError {
  const [status, message] = TABLE[code];
  return new VendorError({ status, code, message });
}

/** Not documented for VPN; the codes are those that Terraform's provider waits out elsewhere. */
export const tokenInProgress = (code: string): VendorError =>
  new VendorError({
    status: 400,
    code,
    message: 'The request with the same client token is still being processed.',
  });

/** The real gateway repeats the string it signed, parameters and all; so does this one. */
export function signatureMismatch(stringToSign: string): VendorError {
  return new VendorError({
    status: 400,
    code: 'SignatureDoesNotMatch',
    message:
      'Specified signature is not matched with our calculation. server string to sign is:' +
      stringToSign,
  });
}
