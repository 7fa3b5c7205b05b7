import { expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { VPC_OPERATIONS } from '../../../local/vpc/operations.ts';
import type { VpcOperation } from '../../../local/vpc/operations.ts';
import { REGION, World } from './world.ts';

const THROTTLED = '400 Throttling.User';

/** Documented calls a minute, per region, action and main account; the others' rates are not. */
const PER_MINUTE: Partial<Record<VpcOperation, number>> = {
  CreateCustomerGateway: 120,
  DeleteCustomerGateway: 120,
  DescribeCustomerGateways: 600,
  DescribeVpnAttachments: 600,
  DescribeVpnConnection: 600,
  DescribeVpnConnectionLogs: 600,
  DescribeVpnConnections: 600,
  DescribeVpnGateway: 600,
  DownloadVpnConnectionConfig: 30,
  ModifyTunnelAttribute: 120,
};

test.each(Object.keys(VPC_OPERATIONS) as VpcOperation[])('%s', (action) => {
  const world = new World();
  const limit = PER_MINUTE[action];
  const call = (params: Params = {}) => world.outcome(action, { RegionId: REGION, ...params });
  for (let count = 0; count < (limit ?? 1_000); count += 1) {
    if (call() === THROTTLED) throw new Error(`throttled after ${count}`);
  }
  const throttled = limit !== undefined;
  expect(call() === THROTTLED).toBe(throttled);
  expect(call({ RegionId: 'eu-central-1' })).not.toBe(THROTTLED);
  world.pass(59_999);
  expect(call() === THROTTLED).toBe(throttled);
  world.pass(1);
  expect(call()).not.toBe(THROTTLED);
});

test('a throttled call did nothing', () => {
  const world = new World();
  for (let count = 0; count < 120; count += 1) world.outcome('ModifyTunnelAttribute', {});
  expect(world.rekey('tun-a1')).toBe(THROTTLED);
  expect(world.gateway('vpn-1')).toBe('active');
});

test('the limit slides: calls count for a minute each, not by the clock’s minute', () => {
  const world = new World();
  const spend = (count: number) => {
    for (let made = 0; made < count; made += 1) world.outcome('ModifyTunnelAttribute', {});
  };
  spend(60);
  world.pass(30_000);
  spend(60);
  expect(world.rekey('tun-a1')).toBe(THROTTLED);
  world.pass(30_000);
  expect(world.rekey('tun-a1')).toBe('200');
});

test.each([
  ['DescribeVpnGateways', 600],
  ['ModifyVpnConnectionAttribute', 120],
] as const)('undocumentedRates: %s gets %i a minute, as the others have', (action, rate) => {
  const world = new World({ switches: { undocumentedRates: 'asTheOthers' } });
  const call = () => world.outcome(action, { RegionId: REGION });
  for (let count = 0; count < rate; count += 1) expect(call()).not.toBe(THROTTLED);
  expect(call()).toBe(THROTTLED);
  world.pass(60_000);
  expect(call()).not.toBe(THROTTLED);
});
