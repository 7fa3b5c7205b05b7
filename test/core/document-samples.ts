import fc from 'fast-check';

/** A JSON value as a test builds it. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** Every field of the API page's TunnelOptionsSpecification, with its key. */
export const FULL_SPECIFICATION = {
  EnableDpd: true,
  EnableNatTraversal: false,
  CustomerGatewayId: 'cgw-example1',
  RemoteCaCertificate: '-----BEGIN CERTIFICATE-----\nZXhhbXBsZQ==\n-----END CERTIFICATE-----\n',
  TunnelIkeConfig: {
    Psk: 'example-psk-full',
    IkeVersion: 'ikev2',
    IkeMode: 'main',
    IkeEncAlg: 'aes256',
    IkeAuthAlg: 'sha512',
    IkePfs: 'group14',
    IkeLifetime: 28_800,
    LocalId: '192.0.2.1',
    RemoteId: 'branch.example.com',
  },
  TunnelIpsecConfig: {
    IpsecEncAlg: 'aes192',
    IpsecAuthAlg: 'sha256',
    IpsecPfs: 'disabled',
    IpsecLifetime: 3600,
  },
  TunnelBgpConfig: { LocalAsn: 65_530, LocalBgpIp: '169.254.11.1', TunnelCidr: '169.254.11.0/30' },
} as const;

export const SHORT_TARGET = {
  RegionId: 'cn-hangzhou',
  VpnConnectionId: 'vco-short',
  Psk: 'example-psk-short',
} as const;

export const LONG_TARGET = {
  RegionId: 'ap-southeast-1',
  VpnConnectionId: 'vco-long',
  TunnelId: 'tun-long1',
  TunnelOptionsSpecification: FULL_SPECIFICATION,
} as const;

/** A valid document of both target forms and every option, with `changes` laid over it. */
export function sample(changes: { readonly [name: string]: Json } = {}) {
  return {
    schema: 'keyturn/1',
    targets: [SHORT_TARGET, LONG_TARGET],
    handover: { mode: 'immediate' },
    proof: { require: 'proven', timeoutSeconds: 120 },
    onFailure: 'hold',
    allowInterruption: true,
    groupStrategy: 'in-place',
    rotateEveryDays: 90,
    window: 'Sat,Sun 01:00-05:00 Asia/Shanghai',
    ...changes,
  };
}

/** Without the asterisk, so that no key looks masked. */
const PSK_CHARACTERS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~!`@#$%^&()_-+={}[]|;:,.<>/?';
const psk = fc.string({
  unit: fc.constantFrom(...Array.from(PSK_CHARACTERS)),
  minLength: 1,
  maxLength: 100,
});

const optional = { requiredKeys: [] };
const encryption = fc.constantFrom('aes', 'aes192', 'aes256', 'des', '3des');
const authentication = fc.constantFrom('md5', 'sha1', 'sha256', 'sha384', 'sha512');
const lifetime = fc.integer({ min: 0, max: 86_400 });
const identifier = fc.string({
  unit: fc.constantFrom('a', '1', '.', '-'),
  minLength: 1,
  maxLength: 100,
});
/** From 169.254.7.0 on, below the reserved block at 169.254.169.252. */
const cidr = fc
  .tuple(fc.integer({ min: 7, max: 168 }), fc.integer({ min: 0, max: 63 }), fc.nat(3))
  .map(([third, block, host]) => ({
    TunnelCidr: `169.254.${third}.${block * 4}/30`,
    LocalBgpIp: `169.254.${third}.${block * 4 + host}`,
  }));

const ike = fc.record(
  {
    Psk: psk,
    IkeVersion: fc.constantFrom('ikev1', 'ikev2'),
    IkeMode: fc.constantFrom('main', 'aggressive'),
    IkeEncAlg: encryption,
    IkeAuthAlg: authentication,
    IkePfs: fc.constantFrom('group1', 'group2', 'group5', 'group14'),
    IkeLifetime: lifetime,
    LocalId: identifier,
    RemoteId: identifier,
  },
  { requiredKeys: ['Psk'] },
);
const ipsec = fc.record(
  {
    IpsecEncAlg: encryption,
    IpsecAuthAlg: authentication,
    IpsecPfs: fc.constantFrom('disabled', 'group1', 'group2', 'group5', 'group14'),
    IpsecLifetime: lifetime,
  },
  { requiredKeys: ['IpsecEncAlg'] },
);
const bgp = fc
  .tuple(fc.integer({ min: 1, max: 4_294_967_295 }), cidr)
  .map(([asn, addresses]) => ({ LocalAsn: asn, ...addresses }));
const specification = fc.record(
  {
    TunnelIkeConfig: ike,
    TunnelIpsecConfig: ipsec,
    TunnelBgpConfig: bgp,
    EnableDpd: fc.boolean(),
    EnableNatTraversal: fc.boolean(),
    CustomerGatewayId: fc.constant('cgw-example2'),
  },
  { requiredKeys: ['TunnelIkeConfig'] },
);

const handover = fc.oneof(
  fc.constant({ mode: 'immediate' }),
  fc.constant({ mode: 'acknowledged' }),
  fc.constant({ mode: 'scheduled', notBefore: '2030-01-31T02:00:00+08:00' }),
  fc.integer({ min: 1, max: 720 }).map((hours) => ({ mode: 'stepwise', followWithinHours: hours })),
);
const options = fc.record(
  {
    handover,
    proof: fc.record(
      {
        require: fc.constantFrom('proven', 'established', 'none'),
        timeoutSeconds: fc.integer({ min: 1, max: 3600 }),
      },
      optional,
    ),
    onFailure: fc.constantFrom('restore', 'hold'),
    allowInterruption: fc.boolean(),
    rotateEveryDays: fc.integer({ min: 1, max: 1000 }),
    window: fc.constantFrom(
      '02:00-04:00 UTC',
      'Fri 22:00-04:00 Europe/Berlin; Sat 00:00-24:00 UTC',
    ),
  },
  optional,
);

/** What a target says of its tunnel, in one of the two forms. */
const wish = fc.oneof(
  psk.map((key) => ({ Psk: key })),
  specification.map((value) => ({ TunnelOptionsSpecification: value })),
);

/** Valid documents in the vendor's words; each target is of a connection of its own. */
export const validDocument = fc
  .tuple(fc.array(fc.tuple(wish, fc.boolean()), { minLength: 1, maxLength: 5 }), options)
  .map(([wishes, rest]) => ({
    schema: 'keyturn/1',
    targets: wishes.map(([said, named], index) => ({
      RegionId: 'cn-hangzhou',
      VpnConnectionId: `vco-${index}`,
      ...(named ? { TunnelId: `tun-${index}` } : {}),
      ...said,
    })),
    ...rest,
  }));
