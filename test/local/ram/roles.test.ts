import { expect, test } from 'vitest';
import { Prng } from '../../../local/prng.ts';
import { Roles } from '../../../local/ram/roles.ts';

const NOW = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;
const ASSUME = {
  roleName: 'rotate',
  service: 'fc.aliyuncs.com',
  sessionName: 'fc',
  now: NOW,
  lifetimeSeconds: 3_600,
};

function roles(): Roles {
  const roles = new Roles({ random: new Prng(1), accountId: '1234567890123456' });
  roles.define({
    name: 'rotate',
    trust: {
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
      ],
    },
    policies: [
      {
        name: 'read',
        document: {
          Version: '1',
          Statement: [{ Effect: 'Allow', Action: 'kms:GetSecretValue', Resource: '*' }],
        },
      },
    ],
  });
  return roles;
}

test('a trusted service gets credentials that can be looked up', () => {
  const known = roles();
  const session = known.assume(ASSUME);
  expect(session).toMatchObject({
    accessKeyId: expect.stringMatching(/^STS\./),
    roleName: 'rotate',
    sessionName: 'fc',
    expiresAt: NOW + HOUR_MS,
  });
  expect(known.session(session.accessKeyId)).toEqual(session);
  expect(known.assume(ASSUME).accessKeyId).not.toBe(session.accessKeyId);
  expect(known.session('STS.unknown')).toBeUndefined();
});

test.each([{ service: 'ecs.aliyuncs.com' }, { roleName: 'other' }])(
  'no credentials for %o',
  (change) => {
    expect(() => roles().assume({ ...ASSUME, ...change })).toThrow(/No permission to assume/);
  },
);

test('policies belong to their role; an unknown role has none', () => {
  expect(roles().policies('rotate')).toMatchObject([{ name: 'read' }]);
  expect(roles().policies('other')).toEqual([]);
});

test('sessions can be ended early, and are forgotten a day after they ended', () => {
  const known = roles();
  const { accessKeyId } = known.assume(ASSUME);
  known.expire('other', NOW + 1);
  expect(known.session(accessKeyId)?.expiresAt).toBe(NOW + HOUR_MS);
  known.expire('rotate', NOW + 1);
  expect(known.session(accessKeyId)?.expiresAt).toBe(NOW + 1);
  known.assume({ ...ASSUME, now: NOW + 24 * HOUR_MS });
  expect(known.session(accessKeyId)).toBeDefined();
  known.assume({ ...ASSUME, now: NOW + 25 * HOUR_MS });
  expect(known.session(accessKeyId)).toBeUndefined();
});
