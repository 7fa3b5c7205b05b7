/**
 * RAM's decision: an explicit Deny wins, an Allow is needed, and each resource of a request must be
 * allowed. Source: RAM documentation, "Policy evaluation process".
 */
import type { RequestContext } from './conditions.ts';
import { matchesPattern } from './pattern.ts';
import type { Policy } from './policy.ts';

export interface Denial {
  readonly allowed: false;
  readonly action: string;
  readonly resource: string;
  readonly noPermissionType: 'ImplicitDeny' | 'ExplicitDeny';
}
export type Decision = { readonly allowed: true } | Denial;

export function authorise(request: {
  policies: readonly Policy[];
  action: string;
  resources: readonly string[];
  context: RequestContext;
}): Decision {
  if (request.resources.length === 0) throw new Error(`${request.action} names no resource`);
  const statements = request.policies
    .flatMap((policy) => policy.statements)
    .filter(({ actions }) =>
      actions.some((pattern) => matchesPattern(pattern, request.action.toLowerCase())),
    )
    .filter(({ condition }) => condition(request.context));
  const applies = (effect: 'Allow' | 'Deny', resource: string): boolean =>
    statements.some(
      (statement) =>
        statement.effect === effect &&
        statement.resources.some((pattern) => matchesPattern(pattern, resource)),
    );

  const { action, resources } = request;
  const denied = resources.find((resource) => applies('Deny', resource));
  if (denied !== undefined) {
    return { allowed: false, action, resource: denied, noPermissionType: 'ExplicitDeny' };
  }
  const missed = resources.find((resource) => !applies('Allow', resource));
  if (missed !== undefined) {
    return { allowed: false, action, resource: missed, noPermissionType: 'ImplicitDeny' };
  }
  return { allowed: true };
}

/** The `AccessDeniedDetail` of a refusal, as the vendor words it. */
export function accessDeniedDetail(
  denial: Denial,
  principal: { accountId: string; roleName: string; sessionName: string },
): Record<string, string> {
  return {
    AuthAction: denial.action,
    AuthPrincipalDisplayName: `${principal.roleName}:${principal.sessionName}`,
    AuthPrincipalOwnerId: principal.accountId,
    AuthPrincipalType: 'AssumedRoleUser',
    NoPermissionType: denial.noPermissionType,
    PolicyType: 'AccountLevelIdentityBasedPolicy',
  };
}
