import { expect, test } from 'vitest';
import { Governor } from '../../functions/run/governor.ts';
import { VirtualClock } from '../../local/clock.ts';
import { clockOf } from '../simulation/ports.ts';
import { Life } from '../simulation/transport.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const error = { operation: 'any', code: 'Throttling.User', status: 400, requestId: null };
const ok = { kind: 'ok', value: null } as const;

function governorOf(parts: Readonly<Record<string, number>> = {}) {
  const virtual = new VirtualClock({ startMs: START, drive: 'auto' });
  const clock = clockOf(virtual, new Life(0));
  const governor = new Governor(clock, new Map(Object.entries(parts)));
  const at = (): number => clock.now() - START;
  return { governor, clock, at };
}

test('the 121st write of a minute waits for the next one; reads and other regions do not', async () => {
  const { governor, at } = governorOf();
  const writes = governor.gate('cn-hangzhou', 'ModifyTunnelAttribute');
  await Promise.all(Array.from({ length: 120 }, () => writes.turn(0)));
  expect(at()).toBe(0);
  await governor.gate('cn-hangzhou', 'DescribeVpnConnections').turn(0);
  await governor.gate('cn-beijing', 'ModifyTunnelAttribute').turn(0);
  expect(at()).toBe(0);
  await writes.turn(0);
  expect(at()).toBeGreaterThan(MINUTE);
  expect(at()).toBeLessThan(MINUTE * 1.02);
});

test('a run that has a tenth of a region’s rate takes a tenth', async () => {
  const { governor, at } = governorOf({ 'cn-hangzhou': 0.1 });
  const writes = governor.gate('cn-hangzhou', 'ModifyTunnelAttribute');
  await Promise.all(Array.from({ length: 12 }, () => writes.turn(0)));
  expect(at()).toBe(0);
  await writes.turn(0);
  expect(at()).toBeGreaterThan(MINUTE);
});

test('whoever has most before it goes first, of equals the one that came first', async () => {
  const { governor } = governorOf({ 'cn-hangzhou': 1 / 120 });
  const gate = governor.gate('cn-hangzhou', 'ModifyTunnelAttribute');
  const order: string[] = [];
  const wait = async (name: string, weight: number): Promise<void> => {
    await gate.turn(weight);
    order.push(name);
  };
  await Promise.all([wait('first', 0), wait('short', 2), wait('long', 9), wait('short too', 2)]);
  expect(order).toEqual(['first', 'long', 'short', 'short too']);
});

test('after a refusal nobody goes before the time that was asked for, and fewer go', async () => {
  const { governor, at } = governorOf();
  const refuse = () => Promise.resolve({ kind: 'throttled', error, retryAfterMs: 7_000 } as const);
  await governor.call('cn-hangzhou', 'DescribeVpnConnections', refuse);
  await governor.call('cn-hangzhou', 'DescribeVpnConnections', () => Promise.resolve(ok));
  expect(at()).toBe(7_000);
  const gate = governor.gate('cn-hangzhou', 'DescribeVpnConnections');
  await Promise.all(Array.from({ length: 560 }, () => gate.turn(0)));
  expect(at()).toBeGreaterThan(7_000);
});

test('says how long a write would wait that came now', async () => {
  const { governor } = governorOf({ 'cn-hangzhou': 1 / 120 });
  const gate = governor.gate('cn-hangzhou', 'ModifyTunnelAttribute');
  expect(gate.wait()).toBe(0);
  await gate.turn(0);
  const next = gate.turn(0);
  expect(gate.wait()).toBeGreaterThan(MINUTE);
  await next;
});
