/** What whoever runs the far end does, with no more than their policy allows. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assume, cloudOf, keyturn, labelsOf } from '../e2e/harness.ts';
import type { Environment } from '../e2e/harness.ts';
import { NEW, REGION, documentOf, secretOf, smallFleet } from '../e2e/small-fleet.ts';
import type { LocalCloud } from '../../local/server.ts';

async function farEnd(): Promise<{ local: LocalCloud; environment: Environment }> {
  const fleet = smallFleet();
  const next = { ...documentOf('beta', NEW.beta), handover: { mode: 'acknowledged' } };
  const local = await cloudOf({
    ...fleet,
    secrets: fleet.secrets.map((secret) =>
      secret.name === 'vpn/beta' ? secretOf('beta', next) : secret,
    ),
  });
  const text = readFileSync(
    new URL('../../policies/keyturn-far-end.policy.json', import.meta.url),
    'utf8',
  );
  const filled = text
    .replaceAll('${region}', REGION)
    .replaceAll('${accountId}', local.cloud.credentials.accountId)
    .replaceAll('${secretName}', 'vpn/beta');
  const role = await assume(local, JSON.parse(filled));
  return {
    local,
    environment: {
      KEYTURN_SECRETS: '',
      ALIBABA_CLOUD_ACCESS_KEY_ID: role.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: role.accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: role.securityToken ?? '',
    },
  };
}

test('the far end says that it is ready, twice if it likes, and takes it back', async () => {
  const { local, environment } = await farEnd();
  const first = await keyturn(local, ['ready', 'vpn/beta', '--version', 'v2'], environment);
  expect(first).toMatchObject({
    exit: 0,
    stderr: '',
    stdout: 'vpn/beta version v2 carries KeyturnPeerReady now. The next run goes on.\n',
  });
  expect((await labelsOf(local))['vpn/beta']?.['v2']).toContain('KeyturnPeerReady');
  const again = await keyturn(
    local,
    ['ready', 'vpn/beta', '--version', 'v2', '--json'],
    environment,
  );
  expect(JSON.parse(again.stdout)).toEqual({
    schema: 'keyturn/ready/1',
    secret: 'vpn/beta',
    ready: true,
    versionId: 'v2',
    changed: false,
    handover: 'acknowledged',
  });
  expect(await keyturn(local, ['ready', 'vpn/beta', '--withdraw'], environment)).toMatchObject({
    exit: 0,
  });
  expect((await labelsOf(local))['vpn/beta']?.['v2']).toEqual(['KeyturnNext']);
});

test.each<readonly [string, readonly string[], number, string]>([
  ['the key of another version', ['vpn/beta', '--version', 'v1'], 4, 'next is version v2'],
  ['somebody else’s secret', ['vpn/alpha', '--version', 'v2'], 2, 'permission-denied'],
  ['no version, with nobody to ask', ['vpn/beta'], 1, 'confirmation-needed'],
  ['a prefix', ['vpn/*', '--version', 'v2'], 1, 'named in full'],
])('%s is refused', async (_, args, exit, said) => {
  const { local, environment } = await farEnd();
  const before = await labelsOf(local);
  const shown = await keyturn(local, ['ready', ...args], environment);
  expect(shown.stderr).toContain(said);
  expect(shown).toMatchObject({ exit, stdout: '' });
  expect(await labelsOf(local)).toEqual(before);
});
