/** `keyturn doctor`, `keyturn discover` and `keyturn audit` look, and change nothing. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { PSK_PLACEHOLDER } from '../../functions/core/psk.ts';
import type { AuditReport } from '../../functions/report/audit-data.ts';
import type { DoctorData } from '../../functions/report/doctor-text.ts';
import type { LocalCloud } from '../../local/server.ts';
import { allowing, assume, cloudOf, journalOf, keysOf, keyturn, labelsOf } from '../e2e/harness.ts';
import type { Environment } from '../e2e/harness.ts';
import { LEASE, OLD, smallFleet } from '../e2e/small-fleet.ts';

const LEASED = { KEYTURN_LEASE_SECRET: LEASE };

async function doctor(local: LocalCloud, environment: Environment = LEASED) {
  const shown = await keyturn(local, ['doctor', '--json'], environment);
  return { exit: shown.exit, data: JSON.parse(shown.stdout) as DoctorData };
}

describe('keyturn doctor', () => {
  test('finds nothing wrong with a fleet that is well, and leaves it as it was', async () => {
    const local = await cloudOf(smallFleet());
    const labels = await labelsOf(local);
    const keys = keysOf(local);
    const { exit, data } = await doctor(local);
    expect(data.checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(exit).toBe(0);
    expect(data.checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'KMS',
        'VPC',
        'kms:PutSecretValue',
        'vpc:ModifyTunnelAttribute',
        'vpn/beta',
        LEASE,
      ]),
    );
    expect(data.settled).toContainEqual(
      expect.objectContaining({ unknown: 'keyOnRead', answer: 'plain' }),
    );
    expect(await labelsOf(local)).toEqual(labels);
    expect(keysOf(local)).toEqual(keys);
    expect((await journalOf(local)).flatMap(({ effects }) => effects)).toEqual([]);
  });

  test('names every action that is denied', async () => {
    const local = await cloudOf(smallFleet());
    const role = await assume(
      local,
      allowing(
        'kms:ListSecrets',
        'kms:ListSecretVersionIds',
        'kms:GetSecretValue',
        'vpc:Describe*',
      ),
    );
    const { exit, data } = await doctor(local, {
      ...LEASED,
      ALIBABA_CLOUD_ACCESS_KEY_ID: role.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: role.accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: role.securityToken ?? '',
    });
    expect(exit).toBe(2);
    expect(data.checks.filter(({ state }) => state === 'failed').map(({ what }) => what)).toEqual([
      'vpc:ModifyTunnelAttribute',
      'kms:PutSecretValue',
      'kms:UpdateSecretVersionStage',
    ]);
  });

  test('tells wrong credentials from missing permissions', async () => {
    const local = await cloudOf(smallFleet());
    const { exit, data } = await doctor(local, {
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'example-secret-that-is-wrong',
    });
    expect(exit).toBe(2);
    expect(data.checks.find(({ what }) => what === 'credentials')).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('secret is wrong'),
    });
    expect(JSON.stringify(data)).not.toContain('example-secret-that-is-wrong');
  });

  test('sees a clock that is off', async () => {
    const local = await cloudOf(smallFleet());
    local.cloud.stepClock(60_000);
    const { data } = await doctor(local);
    expect(data.checks.find(({ what }) => what === 'KMS')).toMatchObject({ state: 'attention' });
  });

  test('names an invalid document and a missing lease', async () => {
    const fleet = smallFleet();
    const broken = { schema: 'keyturn/1', targets: [] };
    const secrets = fleet.secrets.map((secret) => ({
      ...secret,
      versions:
        secret.name === 'vpn/beta'
          ? [{ versionId: 'v1', labels: ['ACSCurrent'], data: broken }]
          : secret.versions,
    }));
    const local = await cloudOf({ ...fleet, secrets });
    const { exit, data } = await doctor(local, { KEYTURN_LEASE_SECRET: 'keyturn/no-lease' });
    expect(exit).toBe(2);
    expect(data.checks.filter(({ state }) => state === 'failed')).toMatchObject([
      { what: 'vpn/beta', found: 'v1 targets: must be a list with at least one target' },
      { what: 'keyturn/no-lease', remedy: 'Create it, with any value.' },
    ]);
  });
});

describe('keyturn discover', () => {
  const REGIONS = ['--regions', 'cn-hangzhou,cn-shanghai'];

  test('drafts a document for each customer gateway, without keys, and writes over none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-drafts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const local = await cloudOf(smallFleet());
    const write = ['discover', ...REGIONS, '--write', join(folder, 'drafts')];
    expect(await keyturn(local, write, { KEYTURN_SECRETS: '', KEYTURN_REGION: '' })).toMatchObject({
      exit: 0,
    });
    const files = readdirSync(join(folder, 'drafts')).sort();
    expect(files).toEqual(['cgw-alpha.json', 'cgw-beta.json']);
    for (const file of files) {
      const text = readFileSync(join(folder, 'drafts', file), 'utf8');
      expect(parseDocument(text).kind).toBe('faults');
      expect(parseDocument(text.replaceAll(PSK_PLACEHOLDER, OLD.beta)).kind).toBe('document');
      for (const key of Object.values(OLD)) expect(text).not.toContain(key);
    }
    expect(await keyturn(local, write)).toMatchObject({ exit: 1 });
  });

  test('an unfilled document is never applied', async () => {
    const fleet = smallFleet();
    const local = await cloudOf({
      ...fleet,
      secrets: fleet.secrets.map((secret) => ({
        ...secret,
        versions: secret.versions.map((version) =>
          version.labels.includes('KeyturnNext')
            ? {
                ...version,
                data: JSON.stringify(version.data).replaceAll(
                  /example-psk-\w+-new/g,
                  PSK_PLACEHOLDER,
                ),
              }
            : version,
        ),
      })),
    });
    const { exit, stdout } = await keyturn(local, ['rotate', '--yes'], LEASED);
    expect(exit).toBe(4);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'targets[0].Psk: is still the placeholder: fill in the key',
    );
    expect(keysOf(local)).toMatchObject({ 'vco-beta-1/tun-beta-1a': OLD.beta });
  });

  test('asks KMS nothing', async () => {
    const local = await cloudOf(smallFleet());
    const shown = await keyturn(local, ['discover', ...REGIONS, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      schema: 'keyturn/discovery/1',
      groups: [{}, {}],
    });
    expect((await journalOf(local)).filter(({ product }) => product === 'kms')).toEqual([]);
  });
});

describe('keyturn audit', () => {
  const audit = async (environment: Environment) => {
    const local = await cloudOf(smallFleet());
    const { exit, stdout } = await keyturn(local, ['audit', '--json'], environment);
    const writes = (await journalOf(local)).flatMap(({ effects }) => effects);
    return { exit, report: JSON.parse(stdout) as AuditReport, writes };
  };

  test('gives the report of the function, and ends well where nothing fails', async () => {
    const { exit, report, writes } = await audit({});
    expect(report).toMatchObject({ schema: 'keyturn/audit/1', trigger: 'cli', verdict: 'pass' });
    expect(report.groups).toHaveLength(2);
    expect(exit).toBe(0);
    expect(writes).toEqual([]);
  });

  test('ends with 2 where a baseline that counts prohibits what is there', async () => {
    const { exit, report, writes } = await audit({ KEYTURN_AUDIT_BASELINES: 'nist' });
    expect(report.verdict).toBe('fail');
    expect(exit).toBe(2);
    expect(writes).toEqual([]);
  });
});
