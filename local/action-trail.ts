/**
 * Changes of secrets as EventBridge hears of them through ActionTrail: writes only, never a read, and never
 * a value. Fields: EventBridge documentation, "ActionTrail events" and "KMS events" (2024-09-04). How a
 * role's session is named in `userIdentity` is assumed; that failed calls are not delivered, and that an
 * event comes at once, is assumed as well.
 */
import type { BusEvent } from './fc/envelopes.ts';
import type { Call } from './front-door/call.ts';
import type { Roles } from './ram/roles.ts';

export function changeOfSecret(call: Call, roles: Roles): BusEvent {
  const { accountId, accessKeyId, roleName } = call.caller;
  const session = roles.session(accessKeyId)?.sessionName ?? '';
  const secretName = call.params['SecretName'] ?? '';
  return {
    id: call.requestId,
    source: 'acs.kms',
    type: 'kms:ActionTrail:ApiCall',
    subject: `acs:kms:${call.regionId}:${accountId}:secret/${secretName}`,
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
      userIdentity:
        roleName === null
          ? {
              type: 'root-account',
              accountId,
              principalId: accountId,
              userName: 'root',
              accessKeyId,
            }
          : {
              type: 'assumed-role',
              accountId,
              principalId: `${accountId}:${session}`,
              userName: `${roleName}:${session}`,
              accessKeyId,
            },
      referencedResources: { 'ACS::KMS::Secret': [secretName] },
      acsRegion: call.regionId,
      isGlobal: false,
      eventAttributes: {},
    },
  };
}
