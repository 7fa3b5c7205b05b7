/**
 * The parameter surface of a tunnel: our name for each setting, where the vendor's API and the rotation
 * document put it, and what values are documented.
 * Source: API page of ModifyTunnelAttribute (change history up to 2024-10-24, read November 2026).
 */

/** Every setting of a tunnel except its key. A missing one is unknown on a read, unnamed in a document. */
export interface Settings {
  ikeVersion?: string;
  ikeMode?: string;
  ikeEncryption?: string;
  ikeAuthentication?: string;
  ikePfs?: string;
  ikeLifetimeSeconds?: number;
  localId?: string;
  remoteId?: string;
  ipsecEncryption?: string;
  ipsecAuthentication?: string;
  ipsecPfs?: string;
  ipsecLifetimeSeconds?: number;
  bgpLocalAsn?: number;
  bgpLocalIp?: string;
  bgpTunnelCidr?: string;
  dpd?: boolean;
  natTraversal?: boolean;
  customerGatewayId?: string;
  remoteCaCertificate?: string;
}

export type SettingName = keyof Settings;

/** What a document may say for one setting. */
export type Rule =
  | { kind: 'oneOf'; values: readonly string[] }
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'boolean' }
  | { kind: 'identifier'; maxLength: number }
  | { kind: 'certificate' }
  | { kind: 'resourceId'; prefix: string }
  | { kind: 'regionId' }
  | { kind: 'instant' }
  | { kind: 'window' }
  | { kind: 'psk' }
  | { kind: 'tunnelIp' }
  | { kind: 'tunnelCidr' };

export interface Parameter {
  readonly name: SettingName;
  /** Below `TunnelOptionsSpecification`, in the vendor's spelling. */
  readonly path: readonly [string] | readonly [string, string];
  readonly rule: Rule;
}

const ENCRYPTION = { kind: 'oneOf', values: ['aes', 'aes192', 'aes256', 'des', '3des'] } as const;
const AUTHENTICATION = {
  kind: 'oneOf',
  values: ['md5', 'sha1', 'sha256', 'sha384', 'sha512'],
} as const;
const DH_GROUPS = ['group1', 'group2', 'group5', 'group14'] as const;
const LIFETIME = { kind: 'integer', min: 0, max: 86_400 } as const;
const IDENTIFIER = { kind: 'identifier', maxLength: 100 } as const;
const IKE = 'TunnelIkeConfig';
const IPSEC = 'TunnelIpsecConfig';
const BGP = 'TunnelBgpConfig';

export const PARAMETERS = [
  {
    name: 'ikeVersion',
    path: [IKE, 'IkeVersion'],
    rule: { kind: 'oneOf', values: ['ikev1', 'ikev2'] },
  },
  {
    name: 'ikeMode',
    path: [IKE, 'IkeMode'],
    rule: { kind: 'oneOf', values: ['main', 'aggressive'] },
  },
  { name: 'ikeEncryption', path: [IKE, 'IkeEncAlg'], rule: ENCRYPTION },
  { name: 'ikeAuthentication', path: [IKE, 'IkeAuthAlg'], rule: AUTHENTICATION },
  { name: 'ikePfs', path: [IKE, 'IkePfs'], rule: { kind: 'oneOf', values: DH_GROUPS } },
  { name: 'ikeLifetimeSeconds', path: [IKE, 'IkeLifetime'], rule: LIFETIME },
  { name: 'localId', path: [IKE, 'LocalId'], rule: IDENTIFIER },
  { name: 'remoteId', path: [IKE, 'RemoteId'], rule: IDENTIFIER },
  { name: 'ipsecEncryption', path: [IPSEC, 'IpsecEncAlg'], rule: ENCRYPTION },
  { name: 'ipsecAuthentication', path: [IPSEC, 'IpsecAuthAlg'], rule: AUTHENTICATION },
  {
    name: 'ipsecPfs',
    path: [IPSEC, 'IpsecPfs'],
    rule: { kind: 'oneOf', values: ['disabled', ...DH_GROUPS] },
  },
  { name: 'ipsecLifetimeSeconds', path: [IPSEC, 'IpsecLifetime'], rule: LIFETIME },
  {
    name: 'bgpLocalAsn',
    path: [BGP, 'LocalAsn'],
    rule: { kind: 'integer', min: 1, max: 4_294_967_295 },
  },
  { name: 'bgpLocalIp', path: [BGP, 'LocalBgpIp'], rule: { kind: 'tunnelIp' } },
  { name: 'bgpTunnelCidr', path: [BGP, 'TunnelCidr'], rule: { kind: 'tunnelCidr' } },
  { name: 'dpd', path: ['EnableDpd'], rule: { kind: 'boolean' } },
  { name: 'natTraversal', path: ['EnableNatTraversal'], rule: { kind: 'boolean' } },
  {
    name: 'customerGatewayId',
    path: ['CustomerGatewayId'],
    rule: { kind: 'resourceId', prefix: 'cgw-' },
  },
  { name: 'remoteCaCertificate', path: ['RemoteCaCertificate'], rule: { kind: 'certificate' } },
] as const satisfies readonly Parameter[];

/** Phase-1 settings that connections on one customer gateway must share (with the key: nine fields). */
export const IKE_SETTINGS = [
  'ikeVersion',
  'ikeMode',
  'ikeEncryption',
  'ikeAuthentication',
  'ikePfs',
  'ikeLifetimeSeconds',
  'localId',
  'remoteId',
] as const satisfies readonly SettingName[];
