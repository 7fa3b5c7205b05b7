import { describe, expect, test } from 'vitest';
import { BASELINES, judge } from '../../functions/core/baselines.ts';
import type { Baseline } from '../../functions/core/baselines.ts';
import { PARAMETERS } from '../../functions/core/parameters.ts';
import type { SettingName, Settings } from '../../functions/core/parameters.ts';

/** What each baseline says of one setting: `prohibited RFC 8247 §2.1`. */
function said(settings: Settings, setting: SettingName): Partial<Record<Baseline, string>> {
  return Object.fromEntries(
    judge(settings)
      .filter((judgement) => judgement.setting === setting)
      .map(({ baseline, judged, source }) => [baseline, `${judged} ${source}`]),
  );
}

const verdicts = (settings: Settings, setting: SettingName) =>
  Object.fromEntries(
    Object.entries(said(settings, setting)).map(([baseline, text]) => [
      baseline,
      text.split(' ', 1)[0],
    ]),
  );

describe('each value, by the table that the baselines were read into', () => {
  test.each<[SettingName, string | number, Partial<Record<Baseline, string>>]>([
    [
      'ikeEncryption',
      'des',
      {
        rfc: 'prohibited',
        nist: 'prohibited',
        disa: 'prohibited',
        bsi: 'prohibited',
        cnsa: 'prohibited',
        pci: 'prohibited',
      },
    ],
    [
      'ikeEncryption',
      '3des',
      {
        rfc: 'weak',
        nist: 'prohibited',
        disa: 'prohibited',
        bsi: 'prohibited',
        cnsa: 'prohibited',
        pci: 'weak',
      },
    ],
    ['ikeEncryption', 'aes', { cnsa: 'prohibited' }],
    ['ikeEncryption', 'aes256', { cnsa: 'weak' }],
    ['ipsecEncryption', 'aes', { disa: 'prohibited', cnsa: 'prohibited' }],
    ['ikeAuthentication', 'sha256', { disa: 'prohibited', cnsa: 'prohibited' }],
    ['ikeAuthentication', 'sha384', { rfc: 'minimum' }],
    ['ikeAuthentication', 'sha512', {}],
    ['ipsecAuthentication', 'sha256', { cnsa: 'prohibited' }],
    [
      'ipsecAuthentication',
      'sha1',
      { rfc: 'minimum', nist: 'weak', bsi: 'prohibited', cnsa: 'prohibited', pci: 'weak' },
    ],
    // No group that VPN Gateway has is enough for these two.
    [
      'ikePfs',
      'group14',
      { nist: 'minimum', disa: 'minimum', bsi: 'unattainable', cnsa: 'unattainable' },
    ],
    [
      'ikePfs',
      'group2',
      {
        rfc: 'weak',
        nist: 'prohibited',
        disa: 'prohibited',
        bsi: 'unattainable',
        cnsa: 'unattainable',
        pci: 'prohibited',
      },
    ],
    [
      'ipsecPfs',
      'disabled',
      {
        nist: 'weak',
        disa: 'prohibited',
        bsi: 'unattainable',
        cnsa: 'unattainable',
        pci: 'weak',
      },
    ],
    ['ikeLifetimeSeconds', 28_800, {}],
    ['ikeLifetimeSeconds', 28_801, { disa: 'weak' }],
    ['ipsecLifetimeSeconds', 14_400, {}],
    ['ipsecLifetimeSeconds', 14_401, { bsi: 'prohibited' }],
    ['ipsecLifetimeSeconds', 28_801, { nist: 'prohibited', disa: 'prohibited', bsi: 'prohibited' }],
    ['ipsecLifetimeSeconds', 0, { nist: 'prohibited', disa: 'prohibited', bsi: 'prohibited' }],
  ])('%s %s', (setting, value, expected) => {
    expect(verdicts({ [setting]: value }, setting)).toEqual(expected);
  });

  test('IKEv1, and its aggressive mode, which IKEv2 does not have', () => {
    const old: Settings = { ikeVersion: 'ikev1', ikeMode: 'aggressive' };
    expect(said(old, 'ikeVersion')).toMatchObject({ rfc: 'prohibited RFC 9395' });
    expect(Object.keys(said(old, 'ikeMode'))).toEqual(Object.keys(BASELINES));
    expect(said({ ikeVersion: 'ikev2', ikeMode: 'aggressive' }, 'ikeMode')).toEqual({});
    expect(said({ ikeVersion: 'ikev2' }, 'ikeVersion')).toEqual({
      cnsa: 'unattainable RFC 9206 §6',
    });
  });
});

test('the best that VPN Gateway offers satisfies all but the two that it cannot', () => {
  const best: Settings = {
    ikeVersion: 'ikev2',
    ikeMode: 'main',
    ikeEncryption: 'aes256',
    ikeAuthentication: 'sha512',
    ikePfs: 'group14',
    ikeLifetimeSeconds: 28_800,
    ipsecEncryption: 'aes256',
    ipsecAuthentication: 'sha512',
    ipsecPfs: 'group14',
    ipsecLifetimeSeconds: 3600,
  };
  const against = judge(best).filter(({ judged }) => judged !== 'minimum');
  expect(new Set(against.map(({ baseline }) => baseline))).toEqual(new Set(['bsi', 'cnsa']));
});

test('what the service’s tools set by default fails every baseline', () => {
  const worst = { ikeVersion: 'ikev1', ikeAuthentication: 'md5', ikePfs: 'group2' } as const;
  const failing = judge(worst).filter(({ judged }) => judged === 'prohibited');
  expect(new Set(failing.map(({ baseline }) => baseline)).size).toBe(6);
});

test('every value that is spoken of is one that a tunnel can have', () => {
  for (const { name, rule } of PARAMETERS) {
    if (rule.kind !== 'oneOf') continue;
    for (const value of rule.values) {
      for (const judgement of judge({ ikeVersion: 'ikev1', [name]: value })) {
        expect(judgement.source).toMatch(/\w/);
      }
    }
  }
  expect(judge({})).toEqual([]);
});
