import { describe, expect, test } from 'vitest';
import type { DocumentFault, RotationDocument } from '../../functions/core/document.ts';
import { MAX_DOCUMENT_BYTES, parseDocument } from '../../functions/core/parse-document.ts';
import { FULL_SPECIFICATION, LONG_TARGET, sample, SHORT_TARGET } from './document-samples.ts';
import type { Json } from './document-samples.ts';

function accepted(value: Json | string): RotationDocument {
  const parsed = parseDocument(typeof value === 'string' ? value : JSON.stringify(value));
  if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
  return parsed.document;
}

function faultsOf(value: Json): readonly DocumentFault[] {
  const parsed = parseDocument(typeof value === 'string' ? value : JSON.stringify(value));
  return parsed.kind === 'faults' ? parsed.faults : [];
}

/** The sample with one field of its specification replaced. */
function specified(section: string | null, field: string, value: Json) {
  const specification: { readonly [name: string]: Json } = FULL_SPECIFICATION;
  const inner = section === null ? specification : (specification[section] as object);
  const changed = { ...inner, [field]: value };
  return sample({
    targets: [
      {
        ...LONG_TARGET,
        TunnelOptionsSpecification:
          section === null ? changed : { ...specification, [section]: changed },
      },
    ],
  });
}

describe('what a document says', () => {
  test('both target forms, the whole surface of the API page, every option', () => {
    const document = accepted(sample());
    expect(document.targets.map((target) => target.key?.expose())).toEqual([
      'example-psk-short',
      'example-psk-full',
    ]);
    expect(document).toMatchObject({
      targets: [
        {
          path: 'targets[0]',
          regionId: 'cn-hangzhou',
          vpnConnectionId: 'vco-short',
          tunnelId: null,
          settings: {},
        },
        { path: 'targets[1]', vpnConnectionId: 'vco-long', tunnelId: 'tun-long1' },
      ],
      handover: { mode: 'immediate' },
      proof: { require: 'proven', timeoutSeconds: 120 },
      onFailure: 'hold',
      allowInterruption: true,
      rotateEveryDays: 90,
      window: { text: 'Sat,Sun 01:00-05:00 Asia/Shanghai' },
    });
    expect(document.targets[1]?.settings).toEqual({
      ikeVersion: 'ikev2',
      ikeMode: 'main',
      ikeEncryption: 'aes256',
      ikeAuthentication: 'sha512',
      ikePfs: 'group14',
      ikeLifetimeSeconds: 28_800,
      localId: '192.0.2.1',
      remoteId: 'branch.example.com',
      ipsecEncryption: 'aes192',
      ipsecAuthentication: 'sha256',
      ipsecPfs: 'disabled',
      ipsecLifetimeSeconds: 3600,
      bgpLocalAsn: 65_530,
      bgpLocalIp: '169.254.11.1',
      bgpTunnelCidr: '169.254.11.0/30',
      dpd: true,
      natTraversal: false,
      customerGatewayId: 'cgw-example1',
      remoteCaCertificate: FULL_SPECIFICATION.RemoteCaCertificate,
    });
  });

  test('an option that is left out has its default', () => {
    const document = accepted({ schema: 'keyturn/1', targets: [SHORT_TARGET] });
    expect(document).toMatchObject({
      handover: { mode: 'immediate' },
      proof: { require: 'established', timeoutSeconds: 300 },
      onFailure: 'restore',
      allowInterruption: false,
      groupStrategy: 'in-place',
      rotateEveryDays: null,
      window: null,
    });
    expect(accepted(sample({ proof: {} })).proof).toEqual(document.proof);
  });

  test('the customer gateway may be replaced', () => {
    const document = { targets: [SHORT_TARGET], groupStrategy: 'replace-customer-gateway' };
    expect(accepted(sample(document)).groupStrategy).toBe('replace-customer-gateway');
  });

  test('a byte order mark, as some editors write it, is no part of it', () => {
    expect(accepted(`\u{feff}${JSON.stringify(sample({}))}`)).toEqual(accepted(sample({})));
  });

  test('the long form may leave the key out, and may be for a whole connection', () => {
    const settingsOnly = { TunnelIkeConfig: { IkePfs: 'group14' } };
    const { TunnelId: _, ...connection } = LONG_TARGET;
    const target = { ...connection, TunnelOptionsSpecification: settingsOnly };
    expect(accepted(sample({ targets: [target] })).targets).toEqual([
      {
        path: 'targets[0]',
        regionId: 'ap-southeast-1',
        vpnConnectionId: 'vco-long',
        tunnelId: null,
        key: null,
        settings: { ikePfs: 'group14' },
      },
    ]);
  });

  test.each([
    [{ mode: 'acknowledged' }, { mode: 'acknowledged' }],
    [
      { mode: 'scheduled', notBefore: '2028-02-29T02:00Z' },
      { mode: 'scheduled', notBefore: '2028-02-29T02:00Z' },
    ],
    [
      { mode: 'stepwise', followWithinHours: 24 },
      { mode: 'stepwise', followWithinHours: 24 },
    ],
    [{ mode: 'stepwise' }, { mode: 'stepwise', followWithinHours: 96 }],
  ])('handover %j', (handover, expected) => {
    expect(accepted(sample({ handover })).handover).toEqual(expected);
  });

  test('two tunnels of one connection are two targets', () => {
    const targets = ['tun-1', 'tun-2'].map((TunnelId) => ({ ...SHORT_TARGET, TunnelId }));
    expect(accepted(sample({ targets })).targets).toHaveLength(2);
  });
});

const IKE = 'TunnelIkeConfig';
const IPSEC = 'TunnelIpsecConfig';
const BGP = 'TunnelBgpConfig';

// The values of the API page, written out: the parser's own table must not be its own judge.
const ENCRYPTION = ['aes', 'aes192', 'aes256', 'des', '3des'];
const AUTHENTICATION = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
const LIFETIMES = [0, 86_400];
const NO_LIFETIMES = [-1, 86_401, 3600.5, '3600', true, null];
const IDENTIFIERS = ['192.0.2.1', 'a.example.com', 'a'.repeat(100)];
const NO_IDENTIFIERS = ['', 'a b', 'a'.repeat(101), 'é', 7];

describe('every field of the specification takes what is documented and nothing else', () => {
  test.each<[string | null, string, Json[], Json[]]>([
    [IKE, 'IkeVersion', ['ikev1', 'ikev2'], ['IKEv2', 'ikev3', 2, null]],
    [IKE, 'IkeMode', ['main', 'aggressive'], ['quick']],
    [IKE, 'IkeEncAlg', ENCRYPTION, ['aes128', 'sm4', 'aes-gcm']],
    [IKE, 'IkeAuthAlg', AUTHENTICATION, ['sha386', 'sm3', 'sha2']],
    [IKE, 'IkePfs', ['group1', 'group2', 'group5', 'group14'], ['disabled', 'group24', 'group15']],
    [IKE, 'IkeLifetime', LIFETIMES, NO_LIFETIMES],
    [IKE, 'LocalId', IDENTIFIERS, NO_IDENTIFIERS],
    [IKE, 'RemoteId', IDENTIFIERS, NO_IDENTIFIERS],
    [IPSEC, 'IpsecEncAlg', ENCRYPTION, ['aes128', 'none']],
    [IPSEC, 'IpsecAuthAlg', AUTHENTICATION, ['sha386']],
    [IPSEC, 'IpsecPfs', ['disabled', 'group1', 'group2', 'group5', 'group14'], ['group24', false]],
    [IPSEC, 'IpsecLifetime', LIFETIMES, NO_LIFETIMES],
    [BGP, 'LocalAsn', [1, 4_294_967_295], [0, 4_294_967_296, '65530']],
    [
      BGP,
      'LocalBgpIp',
      ['169.254.11.1', '169.254.11.3'],
      ['169.254.11.4', '10.0.0.1', 'x', '169.254.11.01', '169.254.11.256', '169.254.11.1.1'],
    ],
    [null, 'EnableDpd', [true, false], ['true', 1, null]],
    [null, 'EnableNatTraversal', [true, false], ['false', 0]],
    [
      null,
      'CustomerGatewayId',
      ['cgw-1nmwbpgrp7ssqm1yn'],
      ['cgw-', 'vco-1', 'cgw-1nm****', 'cgw-a b'],
    ],
    [
      null,
      'RemoteCaCertificate',
      [FULL_SPECIFICATION.RemoteCaCertificate],
      [
        '',
        'ZXhhbXBsZQ==',
        '-----BEGIN CERTIFICATE-----\nMIIB7zCCAZW****\n-----END CERTIFICATE-----',
      ],
    ],
  ])('%s %s', (section, field, good, bad) => {
    const inner = section === null ? field : `${section}.${field}`;
    const path = `targets[0].TunnelOptionsSpecification.${inner}`;
    for (const value of good) expect(faultsOf(specified(section, field, value))).toEqual([]);
    for (const value of bad) {
      const paths = faultsOf(specified(section, field, value)).map((fault) => fault.path);
      expect({ value, paths }).toEqual({ value, paths: [path] });
    }
  });

  test.each<readonly [string, boolean]>([
    ['169.254.7.0/30', true],
    ['169.254.169.248/30', true],
    ['169.254.255.252/30', true],
    ...[0, 1, 2, 3, 4, 5, 6].map((third) => [`169.254.${third}.0/30`, false] as const),
    ['169.254.0.4/30', true],
    ['169.254.169.252/30', false],
    ['169.254.11.1/30', false],
    ['169.254.11.0/29', false],
    ['169.254.11.0', false],
    ['169.253.11.0/30', false],
    ['169.254.11.0/30/30', false],
    ['169.254.11.0/030', false],
  ])('TunnelCidr %s: %s', (cidr, good) => {
    const bgp = { TunnelCidr: cidr };
    const target = { ...LONG_TARGET, TunnelOptionsSpecification: { TunnelBgpConfig: bgp } };
    const path = 'targets[0].TunnelOptionsSpecification.TunnelBgpConfig.TunnelCidr';
    const paths = faultsOf(sample({ targets: [target] })).map((fault) => fault.path);
    expect(paths).toEqual(good ? [] : [path]);
  });
});

describe('refused', () => {
  const targets = (...list: Json[]) => sample({ targets: list });
  const { Psk: _, ...keyless } = SHORT_TARGET;
  const tunnel = (TunnelId: string) => ({ ...SHORT_TARGET, TunnelId });
  const cidr = { TunnelBgpConfig: { TunnelCidr: '169.254.11.0/30' } };

  test.each<[string, Json, string]>([
    ['another schema', sample({ schema: 'keyturn/2' }), 'schema'],
    ['no schema', { targets: [SHORT_TARGET] }, 'schema'],
    ['no targets', { schema: 'keyturn/1' }, 'targets'],
    ['an empty list of targets', targets(), 'targets'],
    ['targets that are not a list', sample({ targets: { a: 1 } }), 'targets'],
    ['a target that is no object', targets('vco-a'), 'targets[0]'],
    [
      'a target without a region',
      targets({ VpnConnectionId: 'vco-a', Psk: 'x' }),
      'targets[0].RegionId',
    ],
    [
      'a region with capitals',
      targets({ ...SHORT_TARGET, RegionId: 'CN-Hangzhou' }),
      'targets[0].RegionId',
    ],
    [
      'a gateway as connection',
      targets({ ...SHORT_TARGET, VpnConnectionId: 'vpn-a' }),
      'targets[0].VpnConnectionId',
    ],
    [
      'an id that shows asterisks',
      targets(tunnel('tun-gbyz2e070xzo93****')),
      'targets[0].TunnelId',
    ],
    ['a null tunnel', targets({ ...SHORT_TARGET, TunnelId: null }), 'targets[0].TunnelId'],
    ['neither form', targets(keyless), 'targets[0]'],
    ['both forms', targets({ ...LONG_TARGET, Psk: 'example-psk' }), 'targets[0]'],
    [
      'an empty specification',
      targets({ ...keyless, TunnelOptionsSpecification: {} }),
      'targets[0].TunnelOptionsSpecification',
    ],
    [
      'an empty section',
      targets({ ...keyless, TunnelOptionsSpecification: { TunnelIkeConfig: {} } }),
      'targets[0].TunnelOptionsSpecification.TunnelIkeConfig',
    ],
    [
      'a section that is text',
      targets({ ...keyless, TunnelOptionsSpecification: { TunnelIkeConfig: 'x' } }),
      'targets[0].TunnelOptionsSpecification.TunnelIkeConfig',
    ],
    ['a tunnel twice', targets(tunnel('tun-1'), tunnel('tun-2'), tunnel('tun-1')), 'targets[2]'],
    ['a connection twice', targets(SHORT_TARGET, SHORT_TARGET), 'targets[1]'],
    ['a connection and its tunnel', targets(SHORT_TARGET, tunnel('tun-1')), 'targets[1]'],
    ['a tunnel and its connection', targets(tunnel('tun-1'), SHORT_TARGET), 'targets[1]'],
    [
      'one TunnelCidr for two tunnels',
      targets(
        ...['tun-1', 'tun-2'].map((TunnelId) => ({
          ...keyless,
          TunnelId,
          TunnelOptionsSpecification: cidr,
        })),
      ),
      'targets[1]',
    ],
    ['another mode', sample({ handover: { mode: 'later' } }), 'handover.mode'],
    ['a handover without mode', sample({ handover: {} }), 'handover.mode'],
    ['a handover that is text', sample({ handover: 'immediate' }), 'handover'],
    ['scheduled without a time', sample({ handover: { mode: 'scheduled' } }), 'handover.notBefore'],
    [
      'a time that is not scheduled',
      sample({ handover: { mode: 'immediate', notBefore: '2030-01-01T00:00Z' } }),
      'handover.notBefore',
    ],
    [
      'hours that are not stepwise',
      sample({ handover: { mode: 'acknowledged', followWithinHours: 1 } }),
      'handover.followWithinHours',
    ],
    [
      'no hours to follow in',
      sample({ handover: { mode: 'stepwise', followWithinHours: 0 } }),
      'handover.followWithinHours',
    ],
    ['another proof', sample({ proof: { require: 'some' } }), 'proof.require'],
    [
      'a proof that never ends',
      sample({ proof: { timeoutSeconds: 3601 } }),
      'proof.timeoutSeconds',
    ],
    ['another failure', sample({ onFailure: 'retry' }), 'onFailure'],
    ['interruption in words', sample({ allowInterruption: 'yes' }), 'allowInterruption'],
    ['another strategy', sample({ groupStrategy: 'replace' }), 'groupStrategy'],
    [
      'a customer gateway beside its replacement',
      sample({ groupStrategy: 'replace-customer-gateway' }),
      'groupStrategy',
    ],
    ['rotation every 0 days', sample({ rotateEveryDays: 0 }), 'rotateEveryDays'],
    ['a window without a zone', sample({ window: 'Sat 01:00-05:00' }), 'window'],
    ['no window', sample({ window: null }), 'window'],
    ['an unknown option', sample({ dryRun: true }), 'document'],
    ['an array', [], 'document'],
    ['text', '"keyturn/1"', 'document'],
  ])('%s', (_name, value, path) => {
    expect(faultsOf(value).map((fault) => fault.path)).toEqual([path]);
  });

  test.each([
    '2030-01-31T02:00:00',
    '2030-01-31',
    '2030-02-29T02:00Z',
    '2100-02-29T02:00Z',
    '2030-04-31T02:00Z',
    '2030-13-01T02:00Z',
    '2030-00-01T02:00Z',
    '2030-01-00T02:00Z',
    '2030-01-31T24:00Z',
    '2030-01-31T02:60Z',
    '2030-01-31T02:00+15:00',
    '2030-01-31 02:00Z',
    'tomorrow',
    1_893_456_000,
  ])('notBefore %s', (notBefore) => {
    const faults = faultsOf(sample({ handover: { mode: 'scheduled', notBefore } }));
    expect(faults.map((fault) => fault.path)).toEqual(['handover.notBefore']);
  });

  test('a document above the size of a secret, counted in bytes', () => {
    const text = JSON.stringify(sample());
    const room = MAX_DOCUMENT_BYTES - text.length;
    expect(faultsOf(text + ' '.repeat(room))).toEqual([]);
    expect(faultsOf(text + ' '.repeat(room + 1))).toEqual([
      { path: 'document', rule: 'is larger than 30720 bytes' },
    ]);
    const wide = JSON.stringify('é'.repeat(MAX_DOCUMENT_BYTES / 2));
    expect(faultsOf(wide)).toEqual([{ path: 'document', rule: 'is larger than 30720 bytes' }]);
  });
});

describe('faults', () => {
  test('all are given, in the order of the text', () => {
    const text = `{
  "onFailure": "never",
  "targets": [
    { "RegionId": "cn-hangzhou", "VpnConnectionId": "vco-a", "Psk": "example psk" },
    { "Psk": "example-psk", "VpnConnectionId": "a", "RegionId": "cn-hangzhou" }
  ],
  "schema": "keyturn/0"
}`;
    expect(faultsOf(text)).toEqual([
      { path: 'onFailure', rule: 'must be one of: restore, hold' },
      { path: 'targets[0].Psk', rule: 'must not contain spaces' },
      { path: 'targets[1].VpnConnectionId', rule: 'must be an id that begins with vco-' },
      { path: 'schema', rule: 'must be one of: keyturn/1' },
    ]);
  });

  test('an unknown field is told by its place and by what is known there', () => {
    const text =
      '{"schema":"keyturn/1","targets":[\n {"RegionId":"cn-a","VpnConnectionId":"vco-a","PSK":"x","Psk":"x"}]}';
    expect(faultsOf(text)).toEqual([
      {
        path: 'targets[0]',
        rule:
          'unknown field at line 2, column 47; known: ' +
          'RegionId, VpnConnectionId, TunnelId, Psk, TunnelOptionsSpecification',
      },
    ]);
  });

  test('a field that stands twice is refused, since a reader would silently take one of them', () => {
    const text = JSON.stringify(sample()).replace('{', '{"onFailure":"restore",');
    expect(faultsOf(text)).toEqual([
      { path: 'onFailure', rule: expect.stringMatching(/^named again at line 1, column \d+$/) },
    ]);
  });

  test.each([
    ['', 'a value expected at line 1, column 1'],
    ['{"schema":\n  keyturn}', 'a value expected at line 2, column 3'],
    ['{"schema":"example-psk}', 'a value expected at line 1, column 11'],
    ['{"a":"\\x"}', 'a value expected at line 1, column 6'],
    ['{"a":01}', '"," or "}" expected at line 1, column 7'],
    ['{"a":1,}', 'a field name in double quotes expected at line 1, column 8'],
    ['{"a" 1}', '":" after a field name expected at line 1, column 6'],
    ['[1 2]', '"," or "]" expected at line 1, column 4'],
    ['[1,]', 'a value expected at line 1, column 4'],
    ['{} {}', 'the end of the text expected at line 1, column 4'],
  ])('broken JSON: %j', (text, expected) => {
    expect(faultsOf(text)).toEqual([{ path: 'document', rule: `is not valid JSON: ${expected}` }]);
  });

  test('JSON nested deep enough to overflow a stack', () => {
    expect(faultsOf('['.repeat(30_000))).toEqual([
      {
        path: 'document',
        rule: 'is not valid JSON: at most 32 levels expected at line 1, column 34',
      },
    ]);
  });
});
