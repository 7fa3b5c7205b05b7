/** `plan --out` and `rotate --plan`: what was approved is done, or nothing. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LocalCloud } from '../../local/server.ts';
import { cloudOf, keysOf, keyturn, writesOf } from '../e2e/harness.ts';
import { LEASE, NEW, OLD, REGION, smallFleet } from '../e2e/small-fleet.ts';

type Action = Pick<Parameters<LocalCloud['cloud']['call']>[0], 'product' | 'action' | 'form'>;

const LEASED = { KEYTURN_LEASE_SECRET: LEASE };

async function planned(args: readonly string[] = []): Promise<{ local: LocalCloud; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'plan.json');
  const local = await cloudOf(smallFleet());
  const made = await keyturn(local, ['plan', '--out', file, ...args]);
  expect(made).toMatchObject({ exit: 0 });
  expect(made.stderr).toContain(`keyturn rotate --plan ${file}`);
  return { local, file };
}

test('a stored plan is carried out as it stands', async () => {
  const { local, file } = await planned();
  const run = await keyturn(local, ['rotate', '--plan', file, '--yes', '--json'], {
    ...LEASED,
    // The plan says which secrets.
    KEYTURN_SECRETS: '',
  });
  expect(run).toMatchObject({ exit: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'converged' });
  expect(new Set(Object.values(keysOf(local)))).toEqual(new Set(Object.values(NEW)));
});

test('the file is for its owner alone, holds no key, and is not written over', async () => {
  const { local, file } = await planned();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  for (const key of [...Object.values(OLD), ...Object.values(NEW)]) expect(text).not.toContain(key);
  const again = await keyturn(local, ['plan', '--out', file]);
  expect(again).toMatchObject({ exit: 1 });
  expect(again.stderr).toContain('is there already');
});

test('--only plans for what it names and leaves the rest alone', async () => {
  const { local, file } = await planned(['--only', 'cgw-beta']);
  expect(await keyturn(local, ['rotate', '--plan', file, '--yes'], LEASED)).toMatchObject({
    exit: 0,
  });
  expect(keysOf(local)).toMatchObject({
    'vco-beta-1/tun-beta-1a': NEW.beta,
    'vco-alpha-1/tun-alpha-1a': OLD.alpha,
  });
});

describe('a plan that reality has left behind is refused, and nothing is written', () => {
  test.each<readonly [string, Action, string]>([
    [
      'somebody set a key by hand',
      {
        product: 'vpc',
        action: 'ModifyTunnelAttribute',
        form: {
          VpnConnectionId: 'vco-beta-1',
          TunnelId: 'tun-beta-1b',
          'TunnelOptionsSpecification.TunnelIkeConfig.Psk': NEW.beta,
        },
      },
      'cn-hangzhou/vpn-two/cgw-beta would take other steps',
    ],
    [
      'a version was held',
      {
        product: 'kms',
        action: 'UpdateSecretVersionStage',
        form: { SecretName: 'vpn/beta', VersionStage: 'KeyturnHeld', MoveToVersion: 'v2' },
      },
      'cgw-beta was ready (ready) and is blocked (held)',
    ],
  ])('%s', async (_, { form, ...call }, said) => {
    const { local, file } = await planned();
    local.cloud.call({ ...call, regionId: REGION, query: form, form: {} });
    const before = (await writesOf(local)).length;
    const run = await keyturn(local, ['rotate', '--plan', file, '--yes'], LEASED);
    expect(run.stderr).toContain('plan-outdated');
    expect(run.stderr).toContain(said);
    expect(run).toMatchObject({ exit: 4, stdout: '' });
    expect(await writesOf(local)).toHaveLength(before);
  });
});

describe('what is no plan, or is asked for another way, is a usage fault', () => {
  test.each<readonly [string, string, readonly string[], string]>([
    ['not JSON', 'no plan', [], 'must be JSON'],
    ['a report', '{"schema":"keyturn/report/1"}', [], 'schema must be keyturn/plan/1'],
    ['with secrets of its own', '{}', ['--secrets', 'vpn/beta'], 'leave --secrets and --only out'],
  ])('%s', async (_, text, args, said) => {
    const { local, file } = await planned();
    const other = `${file}.other`;
    writeFileSync(other, text);
    const run = await keyturn(local, ['rotate', '--plan', other, '--yes', ...args]);
    expect(run).toMatchObject({ exit: 1, stdout: '' });
    expect(run.stderr).toContain(said);
  });
});
