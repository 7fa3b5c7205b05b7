import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rebuild } from '../../functions/alicloud/sdk-errors.ts';
import { GENERATED_KEY_LENGTH } from '../../functions/core/generate-key.ts';

const FIELDS = { code: 'InvalidParameter', status: 400, requestId: null, retryAfterMs: null };

describe('what is quoted of an error of the service', () => {
  test.each([
    'VpnGateway.Configuring',
    'VPC_TASK_CONFLICT',
    'ModifyIkeV1WithMultiRoutes.Invalid',
    'VpnConnectionParamInvalid.SameVpnAndCgwTrafficSelectorOverlap',
    'NotSupportVpnConnectionParameter.IpsecAuthAlg',
  ])('its code, where it is made of words: %s', (code) => {
    expect(rebuild({ ...FIELDS, code })?.code).toBe(code);
  });

  test.each([
    'CE500770-42D3-442E-9DDD-156E0F9F3B45',
    '0ed8d006-f706-4d23-88ed-e11ed28dcac0',
    '1-65f0c1a2-1234abcd-0123456789ab',
  ])('its request id, in one of the shapes that the services give: %s', (requestId) => {
    expect(rebuild({ ...FIELDS, requestId })?.requestId).toBe(requestId);
  });

  test('not a key that this program makes, wherever it stands', () => {
    const anyKey = fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${GENERATED_KEY_LENGTH}}$`, 'u'));
    fc.assert(
      fc.property(
        anyKey,
        fc.constantFrom('', 'Invalid.', 'InvalidParameter.Psk.'),
        (key, before) => {
          const rebuilt = rebuild({ ...FIELDS, code: `${before}${key}`, requestId: key });
          expect(rebuilt).toMatchObject({ code: 'Code.Withheld', status: 400, requestId: null });
        },
      ),
    );
  });

  test.each([
    ['as it was sent', 'example-psk-of-branch', 'example-psk-of-branch'],
    ['inside the JSON that was sent', 'InvalidPsk.exampleKey', '{"Psk":"exampleKey"}'],
    ['with dots in it', 'example.psk.two', '{"Psk":"example.psk.two","IkeVersion":"ikev2"}'],
  ])('not a value of the request %s', (_, code, sent) => {
    expect(rebuild({ ...FIELDS, code }, [sent])?.code).toBe('Code.Withheld');
  });

  test('a name of a parameter that was sent is no value of it', () => {
    const sent = ['{"IkeVersion":"ikev2","Psk":"example-psk"}', 'main', 'true'];
    const code = 'InvalidParameter.IkeVersion';
    expect(rebuild({ ...FIELDS, code }, sent)?.code).toBe(code);
  });

  test('no pause that no quota of the service is counted by', () => {
    expect(rebuild({ ...FIELDS, retryAfterMs: 1500 })?.retryAfterMs).toBe(1500);
    expect(rebuild({ ...FIELDS, retryAfterMs: 86_400_000 })?.retryAfterMs).toBe(60_000);
    expect(rebuild({ ...FIELDS, retryAfterMs: -1 })?.retryAfterMs).toBeNull();
  });

  test('nothing, where there is no code', () => {
    for (const code of [undefined, null, '', 'undefined', 7, {}]) {
      expect(rebuild({ ...FIELDS, code })).toBeNull();
    }
  });
});
