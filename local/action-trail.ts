/**
 * Changes of secrets as EventBridge hears of them through ActionTrail: writes only, never a read. Fields:
 * EventBridge documentation, "ActionTrail events" and "KMS events" (2024-09-04); a role's session: ActionTrail
 * documentation, "Query ActionTrail events by assuming a RAM role" (2026-06-16). Whether a written value is
 * masked is a switch. That failed calls are not delivered, and that an event comes at once, is assumed.
 */
import type { BusEvent } from './fc/envelopes.ts';
import type { Call } from './front-door/call.ts';
import type { Caller } from './operation.ts';
import type { Roles } from './ram/roles.ts';
import type { Switches } from './switches.ts';

export function changeOfSecret(call: Call, roles: Roles, switches: Switches): BusEvent {
  const { accountId } = call.caller;
  const { SecretName = '', SecretData, ...parameters } = call.params;
  const shown = SecretData !== undefined && switches.secretInEvent === 'included';
  return {
    id: call.requestId,
    source: 'acs.kms',
    type: 'kms:ActionTrail:ApiCall',
    subject: `acs:kms:${call.regionId}:${accountId}:secret/${SecretName}`,
    data: {
      eventId: call.requestId,
      eventVersion: '1',
      eventName: call.action,
      eventRW: 'Write',
      eventType: 'ApiCall',
      eventTime: `${new Date(call.now).toISOString().slice(0, 19)}Z`,
      serviceName: 'Kms',
      requestId: call.requestId,
      sourceIpAddress: call.sourceIp,
      userAgent: 'unknown',
      userIdentity: identity(call.caller, roles),
      requestParameters: { SecretName, ...parameters, ...(shown ? { SecretData } : {}) },
      referencedResources: { 'ACS::KMS::Secret': [SecretName] },
      acsRegion: call.regionId,
      isGlobal: false,
      eventAttributes: {},
      eventSource: `kms.${call.regionId}.aliyuncs.com`,
      errorCode: '',
      errorMessage: '',
    },
  };
}

function identity(
  { accountId, accessKeyId, roleName }: Caller,
  roles: Roles,
): Readonly<Record<string, string>> {
  if (roleName === null) {
    const principalId = accountId;
    return { type: 'root-account', accountId, principalId, userName: 'root', accessKeyId };
  }
  const session = roles.session(accessKeyId)?.sessionName ?? '';
  const userName = `${roleName}:${session}`;
  // The role's own number comes before the colon; nothing here has one.
  const principalId = `${accountId}:${session}`;
  return { type: 'assumed-role', accountId, principalId, userName, accessKeyId };
}
