import { describe, expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { DOCUMENTED } from '../../../local/vpc/refusals.ts';
import type { DocumentedCode } from '../../../local/vpc/refusals.ts';
import { NEW, REGION, World } from './world.ts';

const connection = (id: string, params: Params) => (world: World) =>
  world.outcome('ModifyVpnConnectionAttribute', {
    RegionId: REGION,
    VpnConnectionId: `vco-${id}`,
    ...params,
  });

/** Opens a window in the spelling that a switch gives the busy code. */
const busy =
  (busyCode: 'VpnGateway.Configuring' | 'VpnGateway.task.conflict') => (world: World) => {
    world.cloud.switches = { ...world.cloud.switches, busyCode };
    world.rekey('tun-a1');
    return world.rekey('tun-a2');
  };

/** The account's own key may do everything, so these two come by a fault only. */
const injected = (code: DocumentedCode) => (world: World) => {
  world.cloud.faults.set([{ kind: 'refuse', code }]);
  return world.rekey('tun-a1');
};

const route = (routes: readonly string[]) => (world: World) => {
  world.cloud.vpc.gateways.get('vpn-1')!.routes = routes;
  return connection('a', { RemoteSubnet: '192.168.0.0/24' })(world);
};

/** How each code of ModifyTunnelAttribute's page comes about; a code without a way does not compile. */
const WAYS: Record<DocumentedCode, (world: World) => string> = {
  'VpnGateway.Configuring': busy('VpnGateway.Configuring'),
  'VpnGateway.task.conflict': busy('VpnGateway.task.conflict'),
  'VpnGateway.FinancialLocked': (world) =>
    world.outcome('ModifyTunnelAttribute', { VpnConnectionId: 'vco-locked', TunnelId: 'tun-l1' }),
  InvalidName: connection('a', { Name: 'http://example' }),
  'VpnRouteEntry.AlreadyExists': route(['192.168.0.0/24']),
  'VpnRouteEntry.Conflict': route(['192.168.0.0/16']),
  'NotSupportVpnConnectionParameter.IpsecPfs': (world) =>
    world.modify('tun-a1', { 'TunnelIpsecConfig.IpsecPfs': 'group24' }),
  'NotSupportVpnConnectionParameter.IpsecAuthAlg': (world) =>
    world.modify('tun-a1', { 'TunnelIpsecConfig.IpsecAuthAlg': 'sha386' }),
  'VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs': (world) => {
    world.cloud.switches = { ...world.cloud.switches, sameGatewayRule: 'reject' };
    return world.rekey('tun-a1');
  },
  'VpnConnectionParamInvalid.SameVpnAndCgwTrafficSelectorOverlap': (world) => {
    const { localSubnets, remoteSubnets } = world.cloud.vpc.connections.get('vco-b')!;
    return connection('a', {
      LocalSubnet: localSubnets.join(),
      RemoteSubnet: remoteSubnets.join(),
    })(world);
  },
  'IllegalParam.LocalAsn': (world) =>
    world.modify('tun-g1', { 'TunnelBgpConfig.LocalAsn': '4294967296' }),
  'IllegalParam.LocalBgpIp': (world) =>
    world.modify('tun-g1', { 'TunnelBgpConfig.LocalBgpIp': '169.254.99.1' }),
  'ModifyIkeV1WithMultiRoutes.Invalid': (world) => {
    world.cloud.vpc.connections.get('vco-a')!.localSubnets = ['10.1.0.0/16', '10.2.0.0/16'];
    return world.modify('tun-a1', { 'TunnelIkeConfig.IkeVersion': 'ikev1' });
  },
  'Forbbiden.SubUser': injected('Forbbiden.SubUser'),
  Forbidden: injected('Forbidden'),
  'InvalidVpnConnectionInstanceId.NotFound': (world) =>
    world.outcome('ModifyTunnelAttribute', { VpnConnectionId: 'vco-x', TunnelId: 'tun-x' }),
};

test.each(Object.keys(WAYS) as DocumentedCode[])('%s', (code) => {
  expect(WAYS[code](new World())).toBe(`${DOCUMENTED[code][0]} ${code}`);
});

test('a refusal has the vendor’s envelope', () => {
  const { body } = new World().call('ModifyTunnelAttribute', { VpnConnectionId: 'vco-x' });
  expect(body).toEqual({
    RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    HostId: 'vpc.aliyuncs.com',
    Code: 'InvalidVpnConnectionInstanceId.NotFound',
    Message: 'The specified vpn connection instance id does not exist.',
    Recommend: expect.stringContaining('InvalidVpnConnectionInstanceId.NotFound'),
  });
});

describe('parameters of ModifyTunnelAttribute', () => {
  const ILLEGAL: readonly (readonly [string, string])[] = [
    ['TunnelIkeConfig.Psk', ''],
    ['TunnelIkeConfig.Psk', 'x'.repeat(101)],
    ['TunnelIkeConfig.Psk', 'example psk'],
    ['TunnelIkeConfig.Psk', 'schlüssel'],
    ['TunnelIkeConfig.IkeVersion', 'ikev3'],
    ['TunnelIkeConfig.IkeMode', 'quick'],
    ['TunnelIkeConfig.IkeEncAlg', 'aes128gcm'],
    ['TunnelIkeConfig.IkeAuthAlg', 'SHA256'],
    ['TunnelIkeConfig.IkePfs', 'disabled'],
    ['TunnelIkeConfig.IkeLifetime', '86401'],
    ['TunnelIkeConfig.IkeLifetime', '1e3'],
    ['TunnelIkeConfig.LocalId', 'x'.repeat(101)],
    ['TunnelIkeConfig.RemoteId', 'a b'],
    ['TunnelIpsecConfig.IpsecEncAlg', 'none'],
    ['TunnelIpsecConfig.IpsecLifetime', '-1'],
    ['EnableDpd', 'True'],
    ['EnableNatTraversal', '1'],
  ];

  test.each(ILLEGAL)('%s may not be %j', (name, value) => {
    const parameter = name.split('.').at(-1);
    expect(new World().modify('tun-a1', { [name]: value })).toBe(`400 IllegalParam.${parameter}`);
  });

  test.each([
    ['TunnelIkeConfig.Psk', 'x'.repeat(100)],
    ['TunnelIkeConfig.Psk', "~!`@#$%^&*()_-+={}[]|\\;:',.<>/?"],
    ['TunnelIkeConfig.IkeLifetime', '0'],
    ['TunnelIpsecConfig.IpsecPfs', 'disabled'],
    ['EnableDpd', 'false'],
  ])('%s may be %j', (name, value) => {
    expect(new World().modify('tun-a1', { [name]: value })).toBe('200');
  });

  test.each([
    '169.254.0.0/30',
    '169.254.6.0/30',
    '169.254.169.252/30',
    '169.254.7.0/29',
    '169.254.7.1/30',
    '10.0.0.0/30',
  ])('TunnelCidr may not be %s', (cidr) => {
    const world = new World();
    const outcome = world.modify('tun-g1', { 'TunnelBgpConfig.TunnelCidr': cidr });
    expect(outcome).toBe('400 IllegalParam.TunnelCidr');
  });

  test('TunnelCidr may not be another tunnel’s on the gateway', () => {
    const cidr = { 'TunnelBgpConfig.TunnelCidr': '169.254.20.4/30' };
    const ip = { 'TunnelBgpConfig.LocalBgpIp': '169.254.20.5' };
    expect(new World().modify('tun-g1', { ...cidr, ...ip })).toBe('400 IllegalParam.TunnelCidr');
  });

  test('BGP cannot be turned on here', () => {
    const asn = { 'TunnelBgpConfig.LocalAsn': '65000' };
    expect(new World().modify('tun-a1', asn)).toBe('400 IllegalParam.LocalAsn');
  });

  test('what must be there', () => {
    const world = new World();
    expect(world.outcome('ModifyTunnelAttribute', {})).toBe('400 MissingVpnConnectionId');
    const a = { VpnConnectionId: 'vco-a' };
    expect(world.outcome('ModifyTunnelAttribute', a)).toBe('400 MissingTunnelId');
    const foreign = { ...a, TunnelId: 'tun-b1' };
    expect(world.outcome('ModifyTunnelAttribute', foreign)).toBe('404 InvalidTunnelId.NotFound');
    const nobody = { CustomerGatewayId: 'cgw-x' };
    expect(world.modify('tun-a1', nobody)).toBe('404 InvalidCustomerGatewayInstanceId.NotFound');
  });

  test('a connection of another region is not found', () => {
    const RegionId = 'eu-central-1';
    const elsewhere = new World().rekey('tun-a1', NEW, { RegionId });
    expect(elsewhere).toBe('404 InvalidVpnConnectionInstanceId.NotFound');
    const nowhere = new World().rekey('tun-a1', NEW, { RegionId: 'mars' });
    expect(nowhere).toBe('404 InvalidRegionId.NotFound');
  });

  test('tunnelCallOnAttachment: a transit router’s tunnel is not for this call, or is', () => {
    expect(new World().rekey('tun-t1')).toBe('404 InvalidVpnConnectionInstanceId.NotFound');
    const world = new World({ switches: { tunnelCallOnAttachment: 'accepted' } });
    expect(world.rekey('tun-t1')).toBe('200');
    expect(world.rekey('tun-t2')).toBe('400 VpnGateway.Configuring');
    expect(world.key('tun-t1')).toBe(NEW);
  });

  test.each(["example'psk", 'example"psk', 'example\\psk'])(
    'quotesInKey: %s is accepted or refused',
    (key) => {
      expect(new World().rekey('tun-a1', key)).toBe('200');
      const world = new World({ switches: { quotesInKey: 'refused' } });
      expect(world.rekey('tun-a1', key)).toBe('400 IllegalParam.Psk');
      expect(world.rekey('tun-a1', NEW)).toBe('200');
    },
  );

  test('a ShangMi gateway has certificates, not keys, and ciphers of its own', () => {
    const change = (options: Params) => new World().modify('tun-sm1', options);
    expect(change({ 'TunnelIkeConfig.Psk': NEW })).toBe('400 IllegalParam.Psk');
    expect(change({ 'TunnelIkeConfig.IkeEncAlg': 'aes' })).toBe('400 IllegalParam.IkeEncAlg');
    expect(change({ 'TunnelIkeConfig.IkeEncAlg': 'sm4' })).toBe('200');
  });

  test('a gateway may be unable to do a documented value', () => {
    const world = new World();
    world.cloud.vpc.gateways.get('vpn-1')!.unsupported = { IpsecPfs: ['group14'] };
    const outcome = world.modify('tun-a1', { 'TunnelIpsecConfig.IpsecPfs': 'group14' });
    expect(outcome).toBe('400 NotSupportVpnConnectionParameter.IpsecPfs');
  });
});
