import { describe, expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { REGION, START, World } from './world.ts';

const create = (world: World, params: Params = {}) =>
  world.call('CreateCustomerGateway', { RegionId: REGION, IpAddress: '198.51.100.1', ...params });

test('one that is created can be read, listed and deleted', () => {
  const world = new World();
  const { body } = create(world, { Name: 'site', Asn: '65020', AuthKey: 'example-psk-bgp' });
  const CustomerGatewayId = String(body['CustomerGatewayId']);
  const id = { RegionId: REGION, CustomerGatewayId };
  expect(world.ok('DescribeCustomerGateway', id)).toMatchObject({
    CustomerGatewayId,
    IpAddress: '198.51.100.1',
    Name: 'site',
    Asn: 65_020,
    AuthKey: 'example-psk-bgp',
    CreateTime: START,
  });
  expect(world.ok('DescribeCustomerGateways', id)['TotalCount']).toBe(1);
  expect(world.outcome('DeleteCustomerGateway', id)).toBe('200');
  const gone = '404 InvalidCustomerGatewayInstanceId.NotFound';
  expect(world.outcome('DescribeCustomerGateway', id)).toBe(gone);
  expect(world.outcome('DeleteCustomerGateway', id)).toBe(gone);
});

describe('a creation', () => {
  test('with a token happens once', () => {
    const world = new World();
    const token = { ClientToken: 'example-token' };
    const { body } = create(world, token);
    expect(create(world, token).body['CustomerGatewayId']).toBe(body['CustomerGatewayId']);
    expect(create(world).body['CustomerGatewayId']).not.toBe(body['CustomerGatewayId']);
  });

  test('sharedGatewayIp: with an address that another one has is accepted or refused', () => {
    const taken = { IpAddress: '203.0.113.1' };
    expect(create(new World(), taken).status).toBe(200);
    const world = new World({ switches: { sharedGatewayIp: 'refused' } });
    expect(create(world, taken).body['Code']).toBe('InvalidIpAddress.AlreadyExist');
    expect(create(world, { ...taken, RegionId: 'eu-central-1' }).status).toBe(200);
  });

  test('is refused past a hundred in a region', () => {
    const world = new World();
    const has = world.cloud.vpc.customerGateways.size;
    for (let count = has; count < 100; count += 1) expect(create(world).status).toBe(200);
    expect(create(world).body['Code']).toBe('QuotaExceeded.CustomerGateway');
    expect(create(world, { RegionId: 'eu-central-1' }).status).toBe(200);
  });

  test.each([
    [{ IpAddress: '' }, 'MissingIpAddress'],
    [{ IpAddress: '198.51.100.256' }, 'IllegalParam.IpAddress'],
    [{ Asn: '0' }, 'IllegalParam.Asn'],
    [{ Name: 'https://example' }, 'InvalidName'],
  ])('of %j is refused', (params, code) => {
    expect(create(new World(), params as Params).body['Code']).toBe(code);
  });
});

test('one that a tunnel uses cannot be deleted', () => {
  const id = { RegionId: REGION, CustomerGatewayId: 'cgw-1' };
  const outcome = new World().outcome('DeleteCustomerGateway', id);
  expect(outcome).toBe('400 DependencyViolation.VpnConnection');
});

test('a tunnel can be moved to another one', () => {
  const world = new World();
  expect(world.modify('tun-a1', { CustomerGatewayId: 'cgw-2' })).toBe('200');
  expect(world.tunnel('tun-a1').config.customerGatewayId).toBe('cgw-2');
});
