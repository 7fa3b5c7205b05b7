import { VendorError } from '../operation.ts';
import type { CallContext } from '../operation.ts';
import { accessDeniedDetail, authorise } from '../ram/evaluate.ts';
import type { Roles } from '../ram/roles.ts';
import type { Call } from './call.ts';
import { gatewayRefusal } from './gateway-refusals.ts';

/** May the caller do this? An account's own key may do everything, a role what its policies say. */
export function authoriseCall(call: Call, context: CallContext, roles: Roles): void {
  const { operation, caller } = call;
  if (operation === null) throw gatewayRefusal('InvalidApi.NotFound');
  if (caller.roleName === null) return;
  const decision = authorise({
    policies: roles.policies(caller.roleName),
    action: operation.ram.action,
    resources: operation.ram.resources({ ...call.form, ...call.query }, context),
    context: { 'acs:SourceIp': call.sourceIp, 'acs:SecureTransport': 'false' },
  });
  if (decision.allowed) return;
  const principal = {
    accountId: caller.accountId,
    roleName: caller.roleName,
    sessionName: roles.session(caller.accessKeyId)?.sessionName ?? '',
  };
  throw new VendorError({
    status: 403,
    code: call.product === 'kms' ? 'Forbidden.NoPermission' : 'Forbidden.RAM',
    message: 'User not authorized to operate on the specified resource.',
    detail: { AccessDeniedDetail: accessDeniedDetail(decision, principal) },
  });
}
