import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Failure } from '../core/failure.ts';

/** The reason a failed call gives to what depended on it. */
export function reasonOf(failure: Failure, place: string): Reason {
  const { operation, code, requestId } = failure.error;
  const request = requestId === null ? '' : `, request ${requestId}`;
  const detail = `${place}: ${operation} ${code}${request}`;
  switch (failure.kind) {
    case 'denied':
      return reason(code === 'InvalidCredentials' ? 'no-credentials' : 'permission-denied', detail);
    case 'unknown':
      return code === 'Network.Unreachable'
        ? reason('endpoint-unreachable', detail)
        : reason('read-failed', detail);
    case 'busy':
    case 'throttled':
    case 'tokenInProgress':
    case 'notFound':
    case 'refused':
      return reason('read-failed', detail);
  }
}
