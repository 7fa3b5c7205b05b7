import { expect, test } from 'vitest';
import { loadPolicy, loadTrust } from '../../../local/ram/policy.ts';

const STATEMENT = { Effect: 'Allow', Action: 'kms:GetSecretValue', Resource: '*' };
const TRUST = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: ['fc.aliyuncs.com'] },
};

test.each([
  ['no object', [], /object/],
  ['another version', { Version: '2', Statement: [STATEMENT] }, /Version/],
  ['no statement', { Version: '1', Statement: [] }, /no Statement/],
  ['an unknown element', { Version: '1', Statement: [STATEMENT], Id: 'x' }, /Id is not supported/],
])('a document with %s is refused', (_what, document, message) => {
  expect(() => loadPolicy('p', document)).toThrow(message);
});

test.each([
  [{ NotAction: 'kms:*' }, /NotAction is not supported/],
  [{ NotResource: '*' }, /NotResource is not supported/],
  [{ Principal: {} }, /Principal is not supported/],
  [{ Effect: 'allow' }, /Effect/],
  [{ Action: [] }, /Action is empty/],
  [{ Resource: [''] }, /Resource is no text/],
  [{ Resource: undefined }, /Resource is no text/],
])('a statement with %o is refused', (change, message) => {
  const document = { Version: '1', Statement: [{ ...STATEMENT, ...change }] };
  expect(() => loadPolicy('p', document)).toThrow(message);
});

test.each([
  [{ DateLessThan: { 'acs:CurrentTime': '2026-01-01T00:00:00Z' } }, 'operator DateLessThan'],
  [{ StringEquals: { 'kms:tag/site': 'a' } }, 'key kms:tag/site'],
  [{ Bool: { 'acs:SourceIp': 'true' } }, 'key acs:SourceIp'],
  [{ IpAddress: { 'acs:SourceIp': '192.0.2.0/33' } }, '192.0.2.0/33'],
  [{ IpAddress: { 'acs:SourceIp': 'localhost' } }, 'localhost'],
  [{ Bool: { 'acs:SecureTransport': 'yes' } }, 'yes'],
  [{ StringEquals: 'x' }, 'object'],
  [{ StringEquals: { 'acs:Service': 1 } }, 'text'],
])('the condition %o is refused', (Condition, reason) => {
  const document = { Version: '1', Statement: [{ ...STATEMENT, Condition }] };
  expect(() => loadPolicy('p', document)).toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({ message: expect.stringContaining(reason) }),
    }),
  );
});

test('a trust policy names services', () => {
  expect(loadTrust('role', { Version: '1', Statement: [TRUST] })).toEqual(['fc.aliyuncs.com']);
});

test.each([
  [{ Effect: 'Deny' }, /Allow/],
  [{ Action: '*' }, /sts:AssumeRole/],
  [{ Principal: { RAM: 'acs:ram::1:root' } }, /RAM is not supported/],
  [{ Condition: {} }, /Condition is not supported/],
])('a trust with %o is refused', (change, message) => {
  const document = { Version: '1', Statement: [{ ...TRUST, ...change }] };
  expect(() => loadTrust('role', document)).toThrow(message);
});
