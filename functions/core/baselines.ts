import { PARAMETERS } from './parameters.ts';
import type { SettingName, Settings } from './parameters.ts';

/**
 * What published baselines say of each value that a tunnel can have. Read November 2026; `confirmed` is
 * false where the text itself was not at hand and the clause is known from others who cite it. Left out is
 * GM/T 0022: its tunnels authenticate with certificates and have no pre-shared key.
 */
export const BASELINES = {
  rfc: 'RFC 8247 (IKEv2), RFC 8221 (ESP), RFC 9395 (IKEv1)',
  nist: 'NIST SP 800-77 Rev. 1',
  disa: 'DISA VPN Security Requirements Guide',
  bsi: 'BSI TR-02102-3 (2026-01)',
  cnsa: 'CNSA 1.0, RFC 9206',
  pci: 'PCI DSS 4.0.1',
} as const;

export type Baseline = keyof typeof BASELINES;

/**
 * `minimum`: the lowest that is still allowed; `weak`: discouraged; `prohibited`; `unattainable`: prohibited,
 * and VPN Gateway offers no value that is not.
 */
export type Judged = 'minimum' | 'weak' | 'prohibited' | 'unattainable';

export interface Judgement {
  readonly setting: SettingName;
  readonly value: string | number;
  readonly baseline: Baseline;
  readonly judged: Judged;
  /** Document and section. */
  readonly source: string;
  readonly confirmed: boolean;
}

interface Clause {
  readonly settings: readonly SettingName[];
  /** The values it speaks of, or the seconds above which it does. */
  readonly values: readonly string[] | { readonly above: number };
  readonly judged: Judged;
  readonly source: string;
  readonly confirmed: boolean;
}

const IKE = 'ikeEncryption';
const ESP = 'ipsecEncryption';
const IKE_HASH = 'ikeAuthentication';
const ESP_HASH = 'ipsecAuthentication';
const DH = ['ikePfs', 'ipsecPfs'] as const;

type Said = readonly [
  settings: SettingName | readonly SettingName[],
  values: string | { readonly above: number },
  judged: Judged,
  source: string,
];

const clauses = (confirmed: boolean, said: readonly Said[]): readonly Clause[] =>
  said.map(([settings, values, judged, source]) => ({
    settings: typeof settings === 'string' ? [settings] : settings,
    values: typeof values === 'string' ? values.split(' ') : values,
    judged,
    source,
    confirmed,
  }));

const HOUR = 3600;

/** What is not named here is allowed, or not spoken of. */
const CLAUSES: Readonly<Record<Baseline, readonly Clause[]>> = {
  rfc: clauses(true, [
    ['ikeVersion', 'ikev1', 'prohibited', 'RFC 9395'],
    ['ikeMode', 'aggressive', 'prohibited', 'RFC 9395'],
    [IKE, 'des', 'prohibited', 'RFC 8247 §2.1'],
    [IKE, '3des', 'weak', 'RFC 8247 §2.1'],
    [IKE, 'aes192', 'minimum', 'RFC 8247 §2.1'],
    [IKE_HASH, 'md5', 'prohibited', 'RFC 8247 §2.2, §2.3'],
    [IKE_HASH, 'sha1', 'minimum', 'RFC 8247 §2.2, §2.3'],
    [IKE_HASH, 'sha384', 'minimum', 'RFC 8247 §1.3'],
    [DH, 'group1', 'prohibited', 'RFC 8247 §2.4'],
    [DH, 'group2 group5', 'weak', 'RFC 8247 §2.4'],
    [ESP, 'des', 'prohibited', 'RFC 8221 §5'],
    [ESP, '3des', 'weak', 'RFC 8221 §5'],
    [ESP, 'aes192', 'minimum', 'RFC 8221 §5'],
    [ESP_HASH, 'md5', 'prohibited', 'RFC 8221 §6'],
    [ESP_HASH, 'sha1', 'minimum', 'RFC 8221 §6'],
  ]),
  nist: clauses(false, [
    ['ikeVersion', 'ikev1', 'weak', 'SP 800-77r1'],
    ['ikeMode', 'aggressive', 'prohibited', 'SP 800-77r1'],
    [[IKE, ESP], 'des', 'prohibited', 'SP 800-77r1'],
    [[IKE, ESP], '3des', 'prohibited', 'SP 800-131A Rev. 2'],
    [[IKE_HASH, ESP_HASH], 'md5', 'prohibited', 'SP 800-77r1'],
    [[IKE_HASH, ESP_HASH], 'sha1', 'weak', 'SP 800-131A Rev. 2'],
    [DH, 'group1 group2 group5', 'prohibited', 'SP 800-77r1 §5.1.2'],
    [DH, 'group14', 'minimum', 'SP 800-77r1 §5.1.2'],
    ['ipsecPfs', 'disabled', 'weak', 'SP 800-77r1'],
    ['ipsecLifetimeSeconds', { above: 8 * HOUR }, 'prohibited', 'SP 800-77r1'],
  ]),
  disa: [
    ...clauses(true, [
      [IKE, 'des 3des', 'prohibited', 'SRG-NET-000317-VPN-001090'],
      [ESP, 'des 3des aes aes192', 'prohibited', 'SRG-NET-000525-VPN-002330'],
      [IKE_HASH, 'md5 sha1 sha256', 'prohibited', 'SRG-NET-000230-VPN-000780'],
      ['ipsecPfs', 'disabled', 'prohibited', 'SRG-NET-000371-VPN-001640'],
      ['ikeLifetimeSeconds', { above: 8 * HOUR }, 'weak', 'SRG-NET-000337-VPN-001300'],
      ['ipsecLifetimeSeconds', { above: 8 * HOUR }, 'prohibited', 'SRG-NET-000337-VPN-001290'],
    ]),
    ...clauses(false, [
      ['ikeVersion', 'ikev1', 'weak', 'VPN SRG'],
      ['ikeMode', 'aggressive', 'prohibited', 'VPN SRG'],
      [ESP_HASH, 'md5', 'prohibited', 'VPN SRG'],
      [DH, 'group1 group2 group5', 'prohibited', 'VPN SRG'],
      [DH, 'group14', 'minimum', 'VPN SRG'],
    ]),
  ],
  bsi: clauses(false, [
    ['ikeVersion', 'ikev1', 'prohibited', 'TR-02102-3 (IKEv1 is not covered)'],
    ['ikeMode', 'aggressive', 'prohibited', 'TR-02102-3 (IKEv1 is not covered)'],
    [[IKE, ESP], 'des 3des', 'prohibited', 'TR-02102-3 §3.2'],
    [[IKE_HASH, ESP_HASH], 'md5 sha1', 'prohibited', 'TR-02102-3 §3.2'],
    [DH, 'group1 group2 group5 group14', 'prohibited', 'TR-02102-3 §3.2'],
    ['ipsecPfs', 'disabled', 'prohibited', 'TR-02102-3 §2.1.5'],
    ['ipsecLifetimeSeconds', { above: 4 * HOUR }, 'prohibited', 'TR-02102-3 §3.4'],
  ]),
  cnsa: clauses(true, [
    // A pre-shared key alone is no authentication in IKEv2; with IKEv1 it is an exception that ends.
    ['ikeVersion', 'ikev2', 'unattainable', 'RFC 9206 §6'],
    ['ikeVersion', 'ikev1', 'weak', 'RFC 9206 §12'],
    ['ikeMode', 'aggressive', 'prohibited', 'RFC 9206 §12'],
    [[IKE, ESP], 'des 3des aes aes192', 'prohibited', 'RFC 9206 §4'],
    [[IKE, ESP], 'aes256', 'weak', 'RFC 9206 §8, §12 (CBC)'],
    [[IKE_HASH, ESP_HASH], 'md5 sha1 sha256', 'prohibited', 'RFC 9206 §4'],
    [DH, 'group1 group2 group5 group14', 'prohibited', 'RFC 9206 §4'],
    ['ipsecPfs', 'disabled', 'prohibited', 'RFC 9206 §4'],
  ]),
  pci: clauses(false, [
    ['ikeVersion', 'ikev1', 'weak', 'PCI DSS 4.2.1'],
    ['ikeMode', 'aggressive', 'prohibited', 'PCI DSS 4.2.1'],
    [[IKE, ESP], 'des', 'prohibited', 'PCI DSS 4.2.1'],
    [[IKE, ESP], '3des', 'weak', 'PCI DSS 4.2.1'],
    [[IKE_HASH, ESP_HASH], 'md5', 'prohibited', 'PCI DSS 4.2.1'],
    [[IKE_HASH, ESP_HASH], 'sha1', 'weak', 'PCI DSS 4.2.1'],
    [DH, 'group1 group2', 'prohibited', 'PCI DSS 4.2.1'],
    [DH, 'group5', 'weak', 'PCI DSS 4.2.1'],
    ['ipsecPfs', 'disabled', 'weak', 'PCI DSS 4.2.1'],
  ]),
};

/** IKEv2 has no modes; the field stays where it was. */
const counts = (setting: SettingName, settings: Settings): boolean =>
  setting !== 'ikeMode' || settings.ikeVersion === 'ikev1';

/** Everything that a baseline says against a tunnel's settings, in the order of the baselines. */
export function judge(settings: Settings): readonly Judgement[] {
  return (Object.keys(BASELINES) as Baseline[]).flatMap((baseline) =>
    CLAUSES[baseline].flatMap((clause) =>
      clause.settings.flatMap((setting): Judgement[] => {
        const value = settings[setting];
        if (value === undefined || typeof value === 'boolean') return [];
        if (!speaksOf(clause, value) || !counts(setting, settings)) return [];
        const { judged, source, confirmed } = clause;
        const hopeless = judged === 'prohibited' && offersNothing(baseline, setting);
        return [
          {
            setting,
            value,
            baseline,
            judged: hopeless ? 'unattainable' : judged,
            source,
            confirmed,
          },
        ];
      }),
    ),
  );
}

/** A lifetime of 0 is allowed, and nothing says what it means: as bad as the longest. */
function speaksOf({ values }: Clause, value: string | number): boolean {
  if (!('above' in values)) return values.includes(String(value));
  return typeof value === 'number' && (value === 0 || value > values.above);
}

/** Whether a baseline prohibits every value that VPN Gateway has for a setting. */
function offersNothing(baseline: Baseline, setting: SettingName): boolean {
  const rule = PARAMETERS.find(({ name }) => name === setting)?.rule;
  if (rule?.kind !== 'oneOf') return false;
  const prohibited = CLAUSES[baseline]
    .filter((clause) => clause.judged === 'prohibited' && clause.settings.includes(setting))
    .flatMap(({ values }) => ('above' in values ? [] : values));
  return rule.values.every((value) => prohibited.includes(value));
}
