import { describe, expect, test } from 'vitest';
import type { FleetFile } from '../../../local/fleet-file.ts';
import type { Params } from '../../../local/operation.ts';
import { OLD, REGION, World } from './world.ts';

const id = (kind: string, index: number): string => `${kind}-${String(index).padStart(3, '0')}`;
const COUNT = 55;
const indices = Array.from({ length: COUNT }, (_, index) => index);

/** So many of each kind that the largest page does not hold them. */
const FLEET: Partial<FleetFile> = {
  gateways: indices.map((index) => ({ id: id('vpn', index), region: REGION })),
  customerGateways: indices.map((index) => ({
    id: id('cgw', index),
    region: REGION,
    ip: `203.0.113.${index}`,
  })),
  connections: indices.map((index) => ({
    id: id('vco', index),
    region: REGION,
    tunnels: [{ customerGateway: id('cgw', index), key: OLD }],
  })),
};

/** The listings: where the items stand, and what an item's id is called. */
const LISTINGS = {
  DescribeVpnConnections: [['VpnConnections', 'VpnConnection'], 'VpnConnectionId', 'vco'],
  DescribeVpnGateways: [['VpnGateways', 'VpnGateway'], 'VpnGatewayId', 'vpn'],
  DescribeCustomerGateways: [['CustomerGateways', 'CustomerGateway'], 'CustomerGatewayId', 'cgw'],
  DescribeVpnAttachments: [['VpnAttachments'], 'InstanceId', 'vco'],
} as const;

describe.each(Object.entries(LISTINGS))('%s', (action, [path, idName, kind]) => {
  const world = new World({ fleet: FLEET });
  const page = (params: Params) => {
    const body = world.ok(action, { RegionId: REGION, ...params });
    const items = path.reduce<unknown>((value, name) => (value as Params)[name], body) as Params[];
    return { ...body, ids: items.map((item) => item[idName]) };
  };
  const ids = (from: number, to: number) => indices.slice(from, to).map((at) => id(kind, at));

  test('shows ten items by default', () => {
    expect(page({})).toMatchObject({
      PageNumber: 1,
      PageSize: 10,
      TotalCount: COUNT,
      ids: ids(0, 10),
    });
  });

  test('shows at most fifty, then the rest, then nothing', () => {
    const PageSize = '50';
    expect(page({ PageSize }).ids).toEqual(ids(0, 50));
    expect(page({ PageSize, PageNumber: '2' })).toMatchObject({ TotalCount: 55, ids: ids(50, 55) });
    expect(page({ PageSize, PageNumber: '3' })).toMatchObject({ TotalCount: 55, ids: [] });
  });

  test.each([
    ['PageSize', '51'],
    ['PageSize', '0'],
    ['PageNumber', '0'],
    ['PageNumber', 'x'],
  ])('%s may not be %s', (name, value) => {
    expect(world.outcome(action, { RegionId: REGION, [name]: value })).toBe(`400 Invalid${name}`);
  });

  test('shows one region only', () => {
    expect(page({ RegionId: 'eu-central-1' })).toMatchObject({ TotalCount: 0, ids: [] });
  });

  test('a shifted page repeats an item of the one before and lacks another', () => {
    world.cloud.faults.set([{ kind: 'duplicate-page', nth: 1 }]);
    const shifted = page({ PageNumber: '2' }).ids;
    expect(shifted).toEqual(ids(9, 19));
    expect(page({ PageNumber: '2' }).ids).toEqual(ids(10, 20));
  });
});

describe('filters of DescribeVpnConnections', () => {
  const found = (params: Params, world = new World()) => {
    const body = world.ok('DescribeVpnConnections', { RegionId: REGION, ...params });
    const { VpnConnection } = body['VpnConnections'] as { VpnConnection: Params[] };
    return VpnConnection.map((item) => item['VpnConnectionId']);
  };

  test('by gateway, by connection, by customer gateway of any tunnel', () => {
    expect(found({ VpnGatewayId: 'vpn-1' })).toEqual(['vco-a', 'vco-b', 'vco-c']);
    expect(found({ VpnConnectionId: 'vco-t' })).toEqual(['vco-t']);
    expect(found({ CustomerGatewayId: 'cgw-2' })).toEqual(['vco-c', 'vco-g']);
  });

  test('customerGatewayFilter: of any tunnel, or of the connection alone', () => {
    const world = new World({ switches: { customerGatewayFilter: 'connection' } });
    expect(found({ CustomerGatewayId: 'cgw-2' }, world)).toEqual([]);
    expect(found({ CustomerGatewayId: 'cgw-1' }, world)).toEqual(['vco-s']);
  });
});

test('filters of DescribeVpnGateways', () => {
  const world = new World();
  world.rekey('tun-a1');
  const found = (params: Params) => {
    const body = world.ok('DescribeVpnGateways', { RegionId: REGION, ...params });
    const { VpnGateway } = body['VpnGateways'] as { VpnGateway: Params[] };
    return VpnGateway.map((item) => item['VpnGatewayId']);
  };
  expect(found({ Status: 'updating' })).toEqual(['vpn-1']);
  expect(found({ BusinessStatus: 'FinancialLocked' })).toEqual(['vpn-locked']);
  expect(found({ VpcId: 'vpc-vpn-2' })).toEqual(['vpn-2']);
});
