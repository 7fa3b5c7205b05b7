/** Numbers here, text there; a struct here, a list there: the traps of the API's answers. */
import { describe, expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { SWITCHES } from '../../../local/switches.ts';
import { NEW, OLD, REGION, START, World } from './world.ts';

type Item = Readonly<Record<string, unknown>>;

const at = (id: string): Params => ({ RegionId: REGION, VpnConnectionId: `vco-${id}` });
const listed = (world: World, id: string): Item => {
  const body = world.ok('DescribeVpnConnections', at(id));
  const { VpnConnection } = body['VpnConnections'] as { VpnConnection: Item[] };
  return VpnConnection[0]!;
};
const tunnelsOf = (item: Item): readonly Item[] =>
  (item['TunnelOptionsSpecification'] as { TunnelOptions: Item[] }).TunnelOptions;

describe('a dual-tunnel connection', () => {
  test('is read with its lifetimes and flags as text', () => {
    const [tunnel] = tunnelsOf(listed(new World(), 'a'));
    expect(tunnel).toMatchObject({
      Role: 'master',
      State: 'active',
      EnableDpd: 'true',
      EnableNatTraversal: 'true',
      TunnelIkeConfig: { IkeLifetime: '86400', Psk: OLD },
      TunnelIpsecConfig: { IpsecLifetime: '86400' },
    });
    expect(tunnel).not.toHaveProperty('TunnelIndex');
    expect(tunnel).not.toHaveProperty('TunnelBgpConfig');
  });

  test('is written with numbers and booleans, one tunnel, updating', () => {
    const body = new World().ok('ModifyTunnelAttribute', {
      VpnConnectionId: 'vco-a',
      TunnelId: 'tun-a1',
      'TunnelOptionsSpecification.TunnelIkeConfig.Psk': NEW,
    });
    expect(body).toMatchObject({
      TunnelId: 'tun-a1',
      State: 'updating',
      EnableDpd: true,
      EnableNatTraversal: true,
      TunnelIkeConfig: { IkeLifetime: 86_400, Psk: NEW },
      TunnelIpsecConfig: { IpsecLifetime: 86_400 },
      TunnelBgpConfig: { EnableBgp: false },
    });
  });

  test('has no configuration of its own beside the tunnels', () => {
    const item = listed(new World(), 'a');
    for (const name of ['IkeConfig', 'IpsecConfig', 'Status', 'CustomerGatewayId']) {
      expect(item).not.toHaveProperty(name);
    }
  });

  test('is the same in the single read, without a list around it', () => {
    const world = new World();
    expect(world.ok('DescribeVpnConnection', at('a'))).toMatchObject(listed(world, 'a'));
  });

  test('shows BGP where it is on', () => {
    const item = listed(new World(), 'g');
    expect(item['EnableTunnelsBgp']).toBe(true);
    expect(tunnelsOf(item)[0]).toMatchObject({
      TunnelBgpConfig: {
        TunnelCidr: '169.254.20.0/30',
        LocalBgpIp: '169.254.20.1',
        PeerBgpIp: '169.254.20.2',
        LocalAsn: '45104',
        BgpStatus: 'success',
      },
    });
  });
});

test('a single-tunnel connection has numbers, and phase 1 under another name', () => {
  const item = listed(new World(), 's');
  expect(item).toMatchObject({
    VpnGatewayId: 'vpn-2',
    AttachType: 'VPNGW',
    Status: 'ipsec_sa_established',
    EnableDpd: true,
    IkeConfig: { IkeLifetime: 86_400, Psk: OLD },
    IpsecConfig: { IpsecLifetime: 86_400 },
    VpnBgpConfig: { EnableBgp: 'false' },
  });
  expect(item).not.toHaveProperty('TunnelOptionsSpecification');
});

test('a single-tunnel connection takes JSON in text', () => {
  const world = new World();
  const IkeConfig = JSON.stringify({ Psk: NEW, IkeLifetime: 3600 });
  const body = world.ok('ModifyVpnConnectionAttribute', { ...at('s'), IkeConfig });
  expect(body).toMatchObject({ IkeConfig: { Psk: NEW, IkeLifetime: 3_600, IkePfs: 'group14' } });
  const broken = world.outcome('ModifyVpnConnectionAttribute', { ...at('g'), IkeConfig: '{' });
  expect(broken).not.toBe('200');
});

describe('an attachment', () => {
  test('has no gateway, and tunnels with an index', () => {
    const item = listed(new World(), 't');
    expect(item).toMatchObject({ VpnGatewayId: 'vpn-not-exist', AttachType: 'CEN' });
    expect(item['State']).toBe('attached');
    expect(tunnelsOf(item).map((tunnel) => tunnel['TunnelIndex'])).toEqual([1, 2]);
  });

  test('is answered with a plain list when it was written', () => {
    const body = new World().ok('ModifyVpnAttachmentAttribute', at('t'), {
      'TunnelOptionsSpecification.1.TunnelIndex': '2',
      'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': NEW,
    });
    const [first, second] = body['TunnelOptionsSpecification'] as Item[];
    expect(first).toMatchObject({ State: 'active', TunnelIkeConfig: { Psk: OLD } });
    expect(second).toMatchObject({ State: 'updating', TunnelIkeConfig: { Psk: NEW } });
  });

  test('is in its own listing by another name and without its configuration', () => {
    const { VpnAttachments } = new World().ok('DescribeVpnAttachments', { RegionId: REGION });
    expect(VpnAttachments).toEqual([
      {
        InstanceId: 'vco-t',
        Name: 'vco-t',
        Description: '',
        AttachType: 'CEN',
        TransitRouterId: 'tr-cn-hangzhou',
        CrossAccountAuthorized: false,
      },
    ]);
  });
});

test('a connection on a VPN gateway is answered with a list in a struct when it was written', () => {
  const body = new World().ok('ModifyVpnConnectionAttribute', at('a'), {
    'TunnelOptionsSpecification.1.Role': 'slave',
    'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': NEW,
  });
  expect(tunnelsOf(body).map((tunnel) => tunnel['State'])).toEqual(['active', 'updating']);
});

test('a gateway', () => {
  const body = new World().ok('DescribeVpnGateway', { RegionId: REGION, VpnGatewayId: 'vpn-1' });
  expect(body).toMatchObject({
    VpnGatewayId: 'vpn-1',
    Status: 'active',
    BusinessStatus: 'Normal',
    VpnType: 'Normal',
    CreateTime: START,
    DisasterRecoveryInternetIp: expect.any(String),
  });
});

test('payments that are overdue show on the gateway and its connections', () => {
  const world = new World();
  const gateway = world.ok('DescribeVpnGateway', { RegionId: REGION, VpnGatewayId: 'vpn-locked' });
  expect(gateway['BusinessStatus']).toBe('FinancialLocked');
  expect(listed(world, 'locked')['State']).toBe('financialLocked');
});

describe('a key reads back', () => {
  const shown = { plain: OLD, masked: '******', empty: '' } as const;

  test.each(SWITCHES.keyOnRead)('%s', (keyOnRead) => {
    const world = new World({ switches: { keyOnRead } });
    const Psk = shown[keyOnRead];
    expect(tunnelsOf(listed(world, 'a'))[0]).toMatchObject({ TunnelIkeConfig: { Psk } });
    expect(listed(world, 's')).toMatchObject({ IkeConfig: { Psk } });
    const { VpnConnectionConfig } = world.ok('DownloadVpnConnectionConfig', at('s'));
    expect(VpnConnectionConfig).toMatchObject({ IkeConfig: { Psk } });
  });
});

test('the tunnels of a VPN gateway have its two addresses, an attachment has its own', () => {
  const world = new World();
  const addresses = (id: string) =>
    world.cloud.vpc.connections.get(id)?.tunnels.map(({ internetIp }) => internetIp);
  const { internetIp, disasterRecoveryInternetIp } = world.cloud.vpc.gateways.get('vpn-1')!;
  expect(addresses('vco-a')).toEqual([internetIp, disasterRecoveryInternetIp]);
  expect(addresses('vco-b')).toEqual(addresses('vco-a'));
  expect(addresses('vco-t')).not.toContain(internetIp);
});

test('a device’s configuration is mirrored', () => {
  const { VpnConnectionConfig } = new World().ok('DownloadVpnConnectionConfig', at('s'));
  expect(VpnConnectionConfig).toMatchObject({
    LocalSubnet: '172.16.3.0/24',
    RemoteSubnet: '10.3.0.0/16',
    Local: '203.0.113.1',
    IkeConfig: { LocalId: '203.0.113.1', RemoteId: '47.98.1.10' },
  });
});

test('whether a region can do BGP', () => {
  expect(new World().ok('CheckVpnBgpEnabled', { RegionId: REGION })['BgpEnabled']).toBe(true);
});
