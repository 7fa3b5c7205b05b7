import type { ApiError, Failure } from './failure.ts';

/** Why no answer of the service was understood. */
export type NetworkFault = 'reset' | 'timeout' | 'unreachable' | 'unparsable';

/** What is left of a failed call once everything that could hold a secret has been dropped. */
export interface FailedCall {
  readonly operation: string;
  /** The vendor's code; not looked at when `network` is set. */
  readonly code: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly network?: NetworkFault;
}

/**
 * The service is configuring and nothing changed. The first two are on ModifyTunnelAttribute's page; the
 * others are what alibaba's Terraform provider waits out on VPN, route and VPC calls (read August 2026).
 * The spelling varies in the wild, so they are compared in lower case. `IncorrectStatus` comes with and
 * without a suffix.
 */
const BUSY: ReadonlySet<string> = new Set([
  'vpngateway.configuring',
  'vpngateway.task.conflict',
  'vpntask.conflict',
  'vpnconnection.configuring',
  'appliance.configuring',
  'taskconflict',
  'vpnrouteentry.configuring',
  'vpc_task_conflict',
  'operationconflict',
  'operation.blocking',
  'incorrectstatus',
  'systembusy',
]);

/** An earlier request with the same ClientToken is still being worked on (same source). */
const TOKEN_IN_PROGRESS: ReadonlySet<string> = new Set([
  'lasttokenprocessing',
  'operationfailed.lasttokenprocessing',
  'idempotenceprocessing',
]);

/**
 * The service does not say whether anything happened, whatever the status. A used nonce means that the
 * same signed request arrived before, perhaps sent twice by a proxy; the first one may have been obeyed.
 */
const DOUBTFUL: ReadonlySet<string> = new Set([
  'serviceunavailable',
  'serviceunavailabletemporary',
  'internalerror',
  'internalfailure',
  'unknownerror',
  'signaturenonceused',
]);

/** Beginnings of the codes about the caller's key, token, signature or clock; some come with status 404. */
const CREDENTIAL_PREFIXES = [
  'invalidaccesskey',
  'forbidden.accesskey',
  'invalidsecuritytoken',
  'missingsecuritytoken',
  'signaturedoesnotmatch',
  'incompletesignature',
  'invalidtimestamp',
  'illegaltimestamp',
];

/** Beginnings of the permission codes; the second is the vendor's own spelling. */
const PERMISSION_PREFIXES = ['forbidden', 'forbbiden', 'nopermission', 'accessdenied'];

const NETWORK_CODES = {
  reset: 'Network.Reset',
  timeout: 'Network.Timeout',
  unreachable: 'Network.Unreachable',
  unparsable: 'Network.Unparsable',
} as const satisfies Record<NetworkFault, string>;

/**
 * Sorts a failed call by what may have happened on the service's side. Retrying is an allow-list: a code
 * that no list names is a definite refusal below status 500 and doubt from there on.
 */
export function classify(call: FailedCall): Failure {
  const error: ApiError = {
    operation: call.operation,
    code: call.network === undefined ? call.code : NETWORK_CODES[call.network],
    status: call.status,
    requestId: call.requestId,
  };
  const kind =
    call.network === undefined ? kindOf(call.code.toLowerCase(), call.status) : 'unknown';
  return kind === 'throttled' ? { kind, error, retryAfterMs: call.retryAfterMs } : { kind, error };
}

function kindOf(code: string, status: number | null): Failure['kind'] {
  // The gateway in front of the service counts calls, so a throttled call reached nothing at any status.
  if (code.includes('throttling') || status === 429) return 'throttled';
  // The SDK's own code for having no credential: nothing was sent.
  if (code === 'invalidcredentials') return 'denied';
  if (status === null || status < 400 || status === 408 || status >= 500) return 'unknown';
  if (DOUBTFUL.has(code)) return 'unknown';
  if (BUSY.has(code) || code.startsWith('incorrectstatus.')) return 'busy';
  if (TOKEN_IN_PROGRESS.has(code)) return 'tokenInProgress';
  const startsWith = (prefix: string): boolean => code.startsWith(prefix);
  if (CREDENTIAL_PREFIXES.some(startsWith)) return 'denied';
  if (code === 'invalidapi.notfound') return 'refused';
  if (status === 404 || code.endsWith('notfound')) return 'notFound';
  if (status === 401 || status === 403 || PERMISSION_PREFIXES.some(startsWith)) return 'denied';
  return 'refused';
}
