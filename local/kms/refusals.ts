/** The refusals of KMS. Codes and HTTP statuses: KMS documentation, common errors and CreateSecret (2021). */
import { VendorError } from '../operation.ts';

export const missingParameter = (name: string): VendorError =>
  new VendorError({
    status: 400,
    code: 'MissingParameter',
    message: `The parameter ${name} is needed but no value is provided.`,
  });

export const invalidParameter = (name: string): VendorError =>
  new VendorError({
    status: 400,
    code: 'InvalidParameter',
    message: `The specified parameter ${name} is not valid.`,
  });

/** Also the answer for a version that is not there; in spite of its name it comes with HTTP 404. */
export const notFound = (what: 'secret' | 'version'): VendorError =>
  new VendorError({
    status: 404,
    code: 'Forbidden.ResourceNotFound',
    message: `The specified ${what} is not found.`,
  });

export const keyNotFound = (): VendorError =>
  new VendorError({
    status: 404,
    code: 'Forbidden.KeyNotFound',
    message: 'The specified key is not found.',
  });

export const secretExists = (): VendorError =>
  new VendorError({
    status: 409,
    code: 'Rejected.ResourceExist',
    message: 'The specified secret already exists.',
  });

export const inDeleteWindow = (): VendorError =>
  new VendorError({
    status: 409,
    code: 'Rejected.ResourceInDeleteWindow',
    message: 'The specified secret is scheduled for deletion.',
  });

export const limitExceeded = (what: string): VendorError =>
  new VendorError({
    status: 400,
    code: 'Rejected.LimitExceeded',
    message: `The maximum number of ${what} is exceeded.`,
  });

/** Other data under a known VersionId: refused for certain, under which code is not documented. */
export function conflictingVersion(code: string): VendorError {
  return new VendorError({
    status: code === 'InvalidParameter' ? 400 : 409,
    code,
    message: 'The specified version already exists with other data.',
  });
}

/** HTTP status and sentence of the codes that can come to any call (same pages, "Responses"). */
export const KMS_DOCUMENTED = {
  'Forbidden.NoPermission': [403, 'This operation is forbidden by permission system.'],
  'Forbidden.AccessKey': [403, 'The access key has no permission to access KMS.'],
  'Forbidden.KmsServiceNotEnabled': [403, 'KMS is not enabled for the account.'],
  'Forbidden.InDebt': [403, 'The account has overdue payments.'],
  'Forbidden.ResourceNotFound': [404, 'The specified secret is not found.'],
  'Rejected.LimitExceeded': [400, 'The quota is exceeded.'],
  'Rejected.ResourceInDeleteWindow': [409, 'The specified secret is scheduled for deletion.'],
  'Rejected.Throttling': [429, 'QPS Limit Exceeded'],
  InternalFailure: [500, 'Internal Failure'],
  ServiceUnavailableTemporary: [503, 'Service Unavailable Temporary'],
} as const satisfies Record<string, readonly [number, string]>;
