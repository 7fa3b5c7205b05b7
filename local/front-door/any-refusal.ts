/** The refusals that a fault can bring about: the documented ones of each product. */
import { FC_DOCUMENTED } from '../fc/answers.ts';
import { KMS_DOCUMENTED } from '../kms/refusals.ts';
import { VendorError } from '../operation.ts';
import { DOCUMENTED } from '../vpc/refusals.ts';
import type { Product } from './call.ts';

type Table = Readonly<Record<string, readonly [status: number, message: string]>>;

/** Service-wide codes of VPC that the page of ModifyTunnelAttribute only links to. */
const SERVICE_WIDE = {
  'Throttling.Api': [400, 'Request was denied due to api flow control.'],
  LastTokenProcessing: [400, 'The last token request is processing.'],
  SystemBusy: [400, 'The system is busy. Please try again later.'],
  InternalError: [500, 'The request processing has failed due to some unknown error.'],
  UnknownError: [500, 'The request processing has failed due to some unknown error.'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.'],
} as const satisfies Table;

const REFUSALS: Readonly<Record<Product, Table>> = {
  vpc: { ...DOCUMENTED, ...SERVICE_WIDE },
  kms: KMS_DOCUMENTED,
  fc: FC_DOCUMENTED,
};

export function hasRefusal(product: Product, code: string | undefined): boolean {
  return code !== undefined && Object.hasOwn(REFUSALS[product], code);
}

/** Whether any product has it. */
export function isRefusal(code: string | undefined): boolean {
  return (Object.keys(REFUSALS) as Product[]).some((product) => hasRefusal(product, code));
}

export function anyRefusal(product: Product, code: string | undefined): VendorError {
  const found = hasRefusal(product, code) ? REFUSALS[product][code ?? ''] : undefined;
  if (found === undefined || code === undefined) throw new Error('no such refusal is documented');
  const [status, message] = found;
  return new VendorError({ status, code, message });
}
