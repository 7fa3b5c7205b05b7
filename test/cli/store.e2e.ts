/** `keyturn store`: a document gets into KMS without ever being an argument, and only if it is one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PSK_PLACEHOLDER } from '../../functions/core/psk.ts';
import { cloudOf, keysOf, keyturn, labelsOf } from '../e2e/harness.ts';
import { LEASE, NEW, OLD, documentOf, smallFleet } from '../e2e/small-fleet.ts';

function fileOf(document: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}

/** Everything is in place; nobody has stored a next version yet. */
function restingFleet() {
  const fleet = smallFleet();
  return {
    ...fleet,
    secrets: fleet.secrets.map((secret) => ({
      ...secret,
      versions: secret.versions.filter(({ labels }) => !labels.includes('KeyturnNext')),
    })),
  };
}

const STORE = ['--secret', 'vpn/beta', '--version', '2027-01'];

test('what was stored is rotated to', async () => {
  const local = await cloudOf(restingFleet());
  const file = fileOf(documentOf('beta', NEW.beta));
  const stored = await keyturn(local, ['store', file, ...STORE]);
  expect(stored).toEqual({
    exit: 0,
    stdout: 'vpn/beta version 2027-01 is stored as KeyturnNext.\n',
    stderr: '',
  });
  expect((await labelsOf(local))['vpn/beta']).toMatchObject({
    v1: ['ACSCurrent'],
    '2027-01': ['KeyturnNext'],
  });
  // Once more is the same version.
  expect(await keyturn(local, ['store', file, ...STORE, '--json'])).toMatchObject({ exit: 0 });
  await keyturn(local, ['rotate', '--yes'], { KEYTURN_LEASE_SECRET: LEASE });
  expect(keysOf(local)).toMatchObject({ 'vco-beta-1/tun-beta-1a': NEW.beta });
});

test('the keys that the tunnels have can be stored as current, which changes nothing', async () => {
  const local = await cloudOf(restingFleet());
  const file = fileOf(documentOf('beta', OLD.beta));
  expect(await keyturn(local, ['store', file, ...STORE, '--current'])).toMatchObject({ exit: 0 });
  expect((await labelsOf(local))['vpn/beta']?.['2027-01']).toContain('ACSCurrent');
  const status = await keyturn(local, ['status', '--only', 'vpn/beta', '--json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ secrets: [{ progress: 'converged' }] });
});

describe('is refused, and stores nothing:', () => {
  test.each<readonly [string, unknown, readonly string[], number, string]>([
    [
      'an unfilled draft',
      documentOf('beta', PSK_PLACEHOLDER),
      STORE,
      4,
      'targets[0].Psk: is still the placeholder',
    ],
    ['something else', { key: 'example-psk-not-to-be-seen' }, STORE, 4, 'schema: is missing'],
    ['without a secret', documentOf('beta', NEW.beta), ['--version', 'x'], 1, '--secret'],
    ['without a version', documentOf('beta', NEW.beta), ['--secret', 'vpn/beta'], 1, '--version'],
    [
      'for a secret that is not there',
      documentOf('beta', NEW.beta),
      ['--secret', 'vpn/nobody', '--version', 'x'],
      4,
      'secret-not-found',
    ],
  ])('%s', async (_, document, args, exit, said) => {
    const local = await cloudOf(restingFleet());
    const before = await labelsOf(local);
    const shown = await keyturn(local, ['store', fileOf(document), ...args]);
    expect(shown.stderr).toContain(said);
    expect(shown.stderr).not.toContain('example-psk');
    expect(shown).toMatchObject({ exit, stdout: '' });
    expect(await labelsOf(local)).toEqual(before);
  });

  test('another next version while one waits', async () => {
    const local = await cloudOf(smallFleet());
    const shown = await keyturn(local, ['store', fileOf(documentOf('beta', OLD.beta)), ...STORE]);
    expect(shown).toMatchObject({ exit: 4 });
    expect(shown.stderr).toContain('next-exists');
    expect(shown.stderr).toContain('vpn/beta version v2');
  });
});
