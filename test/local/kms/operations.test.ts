import { expect, test } from 'vitest';
import { KMS_OPERATIONS } from '../../../local/kms/operations.ts';
import { seedSecret, snapshotSecrets } from '../../../local/kms/state.ts';
import { Kms, START } from './kms.ts';

const CONTAINER = 'acs:kms:cn-hangzhou:1234567890123456:secret';

test('each action is its own RAM action on the documented resource', () => {
  const context = new Kms().context();
  const rows = Object.entries(KMS_OPERATIONS).map(([name, { ram }]) => {
    expect(ram.action).toBe(`kms:${name}`);
    return [name, ...ram.resources({ SecretName: 'vpn/psk' }, context)];
  });
  const elsewhere = rows.filter(([, resource]) => resource !== `${CONTAINER}/vpn/psk`);
  expect(elsewhere).toEqual([
    ['CreateSecret', CONTAINER],
    ['GetRandomPassword', '*'],
    ['ListSecrets', CONTAINER],
  ]);
});

test('a seeded secret reads as written', () => {
  const kms = new Kms();
  seedSecret(kms.state, {
    name: 'psk',
    now: START,
    versions: [
      { versionId: 'v1', data: 'example-psk-1', labels: ['ACSCurrent'] },
      { versionId: 'v2', data: 'example-psk-2', labels: ['KeyturnNext'] },
    ],
  });
  const next = kms.call('GetSecretValue', { SecretName: 'psk', VersionStage: 'KeyturnNext' });
  expect(next['SecretData']).toBe('example-psk-2');
  expect(snapshotSecrets(kms.state)).toMatchObject([
    { name: 'psk', plannedDeleteAt: null, versions: [{ versionId: 'v1' }, { versionId: 'v2' }] },
  ]);
});

test.each([[[]], [['Next']], [['ACSCurrent', 'ACSCurrent']]])(
  'a seed with the labels %j is refused',
  (labels) => {
    const { state } = new Kms();
    const versions = [{ versionId: 'v1', data: 'example-psk-1', labels }];
    expect(() => seedSecret(state, { name: 'psk', now: START, versions })).toThrow(/ACSCurrent/);
  },
);
