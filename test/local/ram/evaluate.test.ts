import { expect, test } from 'vitest';
import type { RequestContext } from '../../../local/ram/conditions.ts';
import { accessDeniedDetail, authorise, type Denial } from '../../../local/ram/evaluate.ts';
import { loadPolicy } from '../../../local/ram/policy.ts';

const SECRET = 'acs:kms:cn-hangzhou:1234567890123456:secret/vpn/psk-a';
const allow = { Effect: 'Allow', Action: 'kms:GetSecretValue', Resource: SECRET };

function decide(
  statements: readonly object[],
  request: { action?: string; resources?: readonly string[]; context?: RequestContext } = {},
): string {
  const decision = authorise({
    policies: statements.map((statement, index) =>
      loadPolicy(`policy-${index}`, { Version: '1', Statement: [statement] }),
    ),
    action: request.action ?? 'kms:GetSecretValue',
    resources: request.resources ?? [SECRET],
    context: request.context ?? {},
  });
  return decision.allowed ? 'allowed' : decision.noPermissionType;
}

test.each([
  ['nothing granted', [], 'ImplicitDeny'],
  ['the very action and resource', [allow], 'allowed'],
  ['another action', [{ ...allow, Action: 'kms:PutSecretValue' }], 'ImplicitDeny'],
  ['another resource', [{ ...allow, Resource: `${SECRET}b` }], 'ImplicitDeny'],
  ['an action in other letters', [{ ...allow, Action: 'KMS:getsecretVALUE' }], 'allowed'],
  ['a resource in other letters', [{ ...allow, Resource: SECRET.toUpperCase() }], 'ImplicitDeny'],
  ['lists', [{ ...allow, Action: ['kms:List*', 'kms:Get*'], Resource: ['x', '*'] }], 'allowed'],
  ['stars', [{ ...allow, Resource: 'acs:kms:*:*:secret/vpn/*' }], 'allowed'],
  ['question marks', [{ ...allow, Resource: SECRET.replace('psk-a', 'psk-?') }], 'allowed'],
  ['a deny after an allow', [allow, { ...allow, Effect: 'Deny' }], 'ExplicitDeny'],
  ['a deny before an allow', [{ ...allow, Effect: 'Deny', Action: '*' }, allow], 'ExplicitDeny'],
  ['a deny elsewhere', [allow, { ...allow, Effect: 'Deny', Resource: 'x' }], 'allowed'],
])('%s', (_what, statements, expected) => {
  expect(decide(statements)).toBe(expected);
});

test('each resource of a request must be allowed', () => {
  const resources = [SECRET, 'acs:kms:cn-hangzhou:1234567890123456:secret/other'];
  expect(decide([allow], { resources })).toBe('ImplicitDeny');
  expect(decide([allow, { ...allow, Resource: resources[1] }], { resources })).toBe('allowed');
  const deny = { ...allow, Effect: 'Deny', Resource: resources[1] };
  expect(decide([deny], { resources })).toBe('ExplicitDeny');
});

test('a request about everything needs a grant of everything', () => {
  expect(decide([{ ...allow, Resource: 'acs:kms:*' }], { resources: ['*'] })).toBe('ImplicitDeny');
  expect(decide([{ ...allow, Resource: '*' }], { resources: ['*'] })).toBe('allowed');
});

test.each<[string, object, RequestContext, string]>([
  [
    'an address',
    { IpAddress: { 'acs:SourceIp': '192.0.2.7' } },
    { 'acs:SourceIp': '192.0.2.7' },
    'allowed',
  ],
  [
    'a block',
    { IpAddress: { 'acs:SourceIp': ['192.0.2.0/24'] } },
    { 'acs:SourceIp': '192.0.2.200' },
    'allowed',
  ],
  [
    'outside',
    { IpAddress: { 'acs:SourceIp': '192.0.2.0/25' } },
    { 'acs:SourceIp': '192.0.2.200' },
    'ImplicitDeny',
  ],
  ['no address', { IpAddress: { 'acs:SourceIp': '0.0.0.0/0' } }, {}, 'ImplicitDeny'],
  [
    'https',
    { Bool: { 'acs:SecureTransport': true } },
    { 'acs:SecureTransport': 'true' },
    'allowed',
  ],
  [
    'http',
    { Bool: { 'acs:SecureTransport': 'true' } },
    { 'acs:SecureTransport': 'false' },
    'ImplicitDeny',
  ],
  [
    'a service',
    { StringEquals: { 'acs:Service': ['a', 'fc.aliyuncs.com'] } },
    { 'acs:Service': 'fc.aliyuncs.com' },
    'allowed',
  ],
  [
    'not a pattern',
    { StringEquals: { 'acs:Service': 'fc.*' } },
    { 'acs:Service': 'fc.aliyuncs.com' },
    'ImplicitDeny',
  ],
  [
    'a pattern',
    { StringLike: { 'acs:Service': 'fc.*' } },
    { 'acs:Service': 'fc.aliyuncs.com' },
    'allowed',
  ],
  [
    'two conditions, one met',
    { Bool: { 'acs:SecureTransport': 'true' }, IpAddress: { 'acs:SourceIp': '192.0.2.7' } },
    { 'acs:SecureTransport': 'true', 'acs:SourceIp': '192.0.2.8' },
    'ImplicitDeny',
  ],
])('condition: %s', (_what, Condition, context, expected) => {
  expect(decide([{ ...allow, Condition }], { context })).toBe(expected);
});

test('a deny whose condition is not met does not deny', () => {
  const deny = {
    ...allow,
    Effect: 'Deny',
    Condition: { Bool: { 'acs:SecureTransport': 'false' } },
  };
  expect(decide([allow, deny], { context: { 'acs:SecureTransport': 'true' } })).toBe('allowed');
  expect(decide([allow, deny], { context: { 'acs:SecureTransport': 'false' } })).toBe(
    'ExplicitDeny',
  );
});

test('a denial says who, what and why', () => {
  const denial = authorise({
    policies: [],
    action: 'kms:GetSecretValue',
    resources: [SECRET],
    context: {},
  }) as Denial;
  const principal = { accountId: '1234567890123456', roleName: 'rotate', sessionName: 'fc' };
  expect(accessDeniedDetail(denial, principal)).toEqual({
    AuthAction: 'kms:GetSecretValue',
    AuthPrincipalDisplayName: 'rotate:fc',
    AuthPrincipalOwnerId: '1234567890123456',
    AuthPrincipalType: 'AssumedRoleUser',
    NoPermissionType: 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
  });
});
