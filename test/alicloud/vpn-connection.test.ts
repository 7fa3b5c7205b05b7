import { describe, expect, test } from 'vitest';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import type { Connection, Tunnel } from '../../functions/core/fleet.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { answering } from './answers-transport.ts';

async function decoded(item: Record<string, unknown>): Promise<Connection> {
  const VpnConnection = [{ VpnConnectionId: 'vco-1', ...item }];
  const body = { RequestId: 'R-1', TotalCount: 1, VpnConnections: { VpnConnection } };
  const vpn = createVpnApi(answering({ kind: 'ok', body }), { tunnelOptionsInBody: false });
  const outcome = await vpn.listVpnConnections({
    regionId: 'cn-hangzhou',
    pageNumber: 1,
    pageSize: 50,
  });
  if (outcome.kind !== 'ok') throw new Error(`expected a page, got ${outcome.error.code}`);
  const [connection] = outcome.value.items;
  if (connection === undefined) throw new Error('expected a connection');
  return connection;
}

const IKE = {
  Psk: 'example-psk-1',
  IkeVersion: 'ikev2',
  IkePfs: 'group24',
  LocalId: '203.0.113.1',
  RemoteId: '',
};

/** As described: every scalar of a tunnel is text. */
const master = {
  TunnelId: 'tun-1',
  Role: 'master',
  State: 'active',
  Status: 'ipsec_sa_established',
  CustomerGatewayId: 'cgw-1',
  EnableDpd: 'true',
  EnableNatTraversal: 'false',
  TunnelIkeConfig: { ...IKE, IkeLifetime: '86400' },
  TunnelIpsecConfig: { IpsecEncAlg: 'aes', IpsecLifetime: '3600' },
  TunnelBgpConfig: { EnableBgp: 'false', LocalAsn: '45104', TunnelCidr: '' },
};
const slave = { ...master, TunnelId: 'tun-2', Role: 'slave', Status: 'ike_sa_not_established' };
const dual = {
  VpnGatewayId: 'vpn-1',
  AttachType: 'VPNGW',
  State: 'Active',
  EffectImmediately: true,
  LocalSubnet: '10.0.0.0/16',
  RemoteSubnet: '172.16.0.0/12',
  TunnelOptionsSpecification: { TunnelOptions: [master, slave] },
};

describe('a dual-tunnel connection', () => {
  test('is read as it is, numbers and booleans from their texts', async () => {
    const connection = await decoded(dual);
    expect(connection).toMatchObject({
      kind: 'dual-tunnel',
      vpnGatewayId: 'vpn-1',
      state: 'active',
      effectImmediately: true,
      localSubnets: '10.0.0.0/16',
      remoteSubnets: '172.16.0.0/12',
    });
    expect(connection.tunnels[0]).toEqual({
      tunnelId: 'tun-1',
      role: 'master',
      index: null,
      state: 'active',
      sa: 'up',
      customerGatewayId: 'cgw-1',
      key: { kind: 'readable', key: new Redacted('example-psk-1') },
      bgpEnabled: false,
      settings: {
        ikeVersion: 'ikev2',
        // Older gateways report it, although no modify takes it.
        ikePfs: 'group24',
        ikeLifetimeSeconds: 86_400,
        localId: '203.0.113.1',
        ipsecEncryption: 'aes',
        ipsecLifetimeSeconds: 3600,
        dpd: true,
        natTraversal: false,
        customerGatewayId: 'cgw-1',
      },
    });
    expect(connection.tunnels[1]).toMatchObject({ tunnelId: 'tun-2', role: 'slave', sa: 'down' });
  });

  test('the readable key is the one that was there', async () => {
    const [tunnel] = (await decoded(dual)).tunnels;
    expect(tunnel?.key.kind === 'readable' && tunnel.key.key.expose()).toBe('example-psk-1');
  });

  test('BGP settings count only where BGP is on', async () => {
    const TunnelBgpConfig = { EnableBgp: 'true', LocalAsn: 65_530, TunnelCidr: '169.254.11.0/30' };
    const options = { TunnelOptions: [{ ...master, TunnelBgpConfig }] };
    const [tunnel] = (await decoded({ ...dual, TunnelOptionsSpecification: options })).tunnels;
    expect(tunnel).toMatchObject({
      bgpEnabled: true,
      settings: { bgpLocalAsn: 65_530, bgpTunnelCidr: '169.254.11.0/30' },
    });
  });

  test("a list says of a tunnel's BGP only what the connection says", async () => {
    const TunnelBgpConfig = { LocalAsn: 65_530, TunnelCidr: '169.254.11.0/30' };
    const options = { TunnelOptions: [{ ...master, TunnelBgpConfig }] };
    const read = async (flag: object): Promise<boolean | undefined> =>
      (await decoded({ ...dual, ...flag, TunnelOptionsSpecification: options })).tunnels[0]
        ?.bgpEnabled;
    expect(await read({ EnableTunnelsBgp: true })).toBe(true);
    expect(await read({ EnableTunnelsBgp: false })).toBe(false);
    expect(await read({})).toBe(true);
  });

  test('a role nobody knows is treated as the one that carries traffic', async () => {
    const options = { TunnelOptions: [{ ...master, Role: 'primary' }] };
    const [tunnel] = (await decoded({ ...dual, TunnelOptionsSpecification: options })).tunnels;
    expect(tunnel?.role).toBe('master');
  });
});

describe('a transit-router attachment', () => {
  test.each([
    ['by its gateway id', { VpnGatewayId: 'vpn-not-exist' }],
    ['by its type', { VpnGatewayId: 'vpn-1', AttachType: 'CEN' }],
    ['while it is bound to nothing', { AttachType: 'NO_ASSOCIATED' }],
  ])('is told %s; its tunnels share the flows', async (_, identity) => {
    // A direct array, as the modify call answers.
    const tunnels = [
      { ...master, TunnelIndex: 1 },
      { ...slave, TunnelIndex: '2' },
    ];
    const connection = await decoded({
      ...identity,
      State: 'attached',
      TunnelOptionsSpecification: tunnels,
    });
    expect(connection).toMatchObject({ kind: 'attachment', vpnGatewayId: null, state: 'attached' });
    expect(connection.tunnels.map(({ role, index }) => ({ role, index }))).toEqual([
      { role: 'equal', index: 1 },
      { role: 'equal', index: 2 },
    ]);
  });
});

test('a single-tunnel connection has one tunnel without an id, made of the connection’s fields', async () => {
  const connection = await decoded({
    VpnGatewayId: 'vpn-1',
    CustomerGatewayId: 'cgw-9',
    State: 'active',
    Status: 'ike_sa_established',
    EnableDpd: true,
    IkeConfig: { ...IKE, IkeLifetime: 28_800 },
    IpsecConfig: { IpsecPfs: 'disabled' },
    VpnBgpConfig: { EnableBgp: 'true', LocalBgpIp: '169.254.11.1' },
  });
  expect(connection.kind).toBe('single-tunnel');
  expect(connection.tunnels).toEqual([
    {
      tunnelId: null,
      role: 'only',
      index: null,
      state: 'active',
      sa: 'phase1',
      customerGatewayId: 'cgw-9',
      key: { kind: 'readable', key: new Redacted('example-psk-1') },
      bgpEnabled: true,
      settings: {
        ikeVersion: 'ikev2',
        ikePfs: 'group24',
        ikeLifetimeSeconds: 28_800,
        localId: '203.0.113.1',
        ipsecPfs: 'disabled',
        bgpLocalIp: '169.254.11.1',
        dpd: true,
        customerGatewayId: 'cgw-9',
      },
    },
  ]);
});

async function single(item: Record<string, unknown>): Promise<Tunnel> {
  const [tunnel] = (await decoded({ VpnGatewayId: 'vpn-1', ...item })).tunnels;
  if (tunnel === undefined) throw new Error('expected a tunnel');
  return tunnel;
}

test('a state is quoted to people, so only a word is taken for one', async () => {
  const at = async (State: unknown) => (await decoded({ ...dual, State })).state;
  expect(await at('Upgrading')).toBe('upgrading');
  expect(await at('in_limbo')).toBe('in_limbo');
  expect(await at('example-psk-1')).toBe('unknown');
  expect(await at('f3a9c07be1d24586')).toBe('unknown');
  expect(await at(undefined)).toBe('');
});

test.each([
  [undefined, 'empty'],
  ['', 'empty'],
  ['****', 'masked'],
  ['pgw6dy7d1i8i****', 'masked'],
  ['example**psk', 'readable'],
  ['*', 'masked'],
  ['**', 'masked'],
  ['xxxxxx', 'masked'],
  ['••••••', 'masked'],
  ['<not shown>', 'masked'],
  [123_456, 'masked'],
  [{}, 'masked'],
  ['~!$^', 'readable'],
])('a key that reads %j is %s', async (Psk, kind) => {
  expect((await single({ IkeConfig: { Psk } })).key.kind).toBe(kind);
});

test.each([
  ['ipsec_sa_established', 'up'],
  ['IPSEC_SA_ESTABLISHED', 'up'],
  ['ipsec_sa_not_established', 'phase1'],
  ['ike_sa_established', 'phase1'],
  ['ike_sa_not_established', 'down'],
  ['negotiating', 'unknown'],
  [undefined, 'unknown'],
])('status %s is %s', async (Status, sa) => {
  expect((await single({ Status })).sa).toBe(sa);
});

test.each([
  ['active', 'active'],
  ['init', 'active'],
  ['financialLocked', 'active'],
  [undefined, 'active'],
  ['deleted', 'deleting'],
  ['Upgrading', 'updating'],
  ['a state nobody knows', 'updating'],
])('state %s counts as %s', async (State, state) => {
  expect((await single({ State })).state).toBe(state);
});
