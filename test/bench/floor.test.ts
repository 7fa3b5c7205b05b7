import { describe, expect, test } from 'vitest';
import { floorOf } from '../../bench/floor.ts';
import type { Change } from '../../bench/observer.ts';

interface Place {
  readonly gateway: string;
  readonly connection: string;
}

const CANARY = { gateway: 'vpn-0', connection: 'vco-0' };
const FIRST = { gateway: 'vpn-1', connection: 'vco-1' };
const SECOND = { gateway: 'vpn-1', connection: 'vco-2' };

/** A change of one tunnel of a group of one connection; seconds. */
function change(place: Place, tunnel: string, times: [number, number, number]): Change {
  const [openedAt, closedAt, upAt] = times.map((at) => at * 1_000) as [number, number, number];
  const link = { vpnConnectionId: place.connection, vpnGatewayId: place.gateway };
  const where = { link, regionId: 'cn-bench-0', group: `${place.gateway}/${place.connection}` };
  return { ...where, tunnelIds: [tunnel], openedAt, closedAt, upAt };
}

describe('the floor of a run', () => {
  test('is the canary alone, then the busiest gateway', () => {
    const floor = floorOf(
      [
        change(CANARY, 'tun-0', [0, 10, 11]),
        change(CANARY, 'tun-1', [11, 21, 22]),
        change(FIRST, 'tun-2', [30, 50, 51]),
        change(SECOND, 'tun-3', [60, 100, 101]),
      ],
      120,
    );
    expect(floor).toEqual({
      canaryMs: 22_000,
      gatewayMs: 60_000,
      connectionMs: 41_000,
      rateMs: 0,
      totalMs: 82_000,
    });
  });

  test('is bound by one connection whose proofs take longer than the other windows', () => {
    const floor = floorOf(
      [
        change(CANARY, 'tun-0', [0, 10, 10]),
        change(FIRST, 'tun-1', [10, 20, 90]),
        change(FIRST, 'tun-2', [90, 100, 170]),
        change(SECOND, 'tun-3', [20, 30, 31]),
      ],
      120,
    );
    expect(floor.gatewayMs).toBe(30_000);
    expect(floor.totalMs).toBe(10_000 + 160_000);
  });

  test('is bound by the write quota: the first minute’s worth is free', () => {
    const rest = [1, 2, 3, 4, 5].map((number) =>
      change({ gateway: `vpn-${number}`, connection: `vco-${number}` }, `tun-${number}`, [5, 6, 6]),
    );
    const canary = change(CANARY, 'tun-0', [0, 1, 1]);
    expect(floorOf([canary, ...rest], 2).rateMs).toBe(120_000);
    expect(floorOf([canary, ...rest], 4).rateMs).toBe(60_000);
    expect(floorOf([canary, ...rest], 5).rateMs).toBe(0);
  });

  test('does not grow with writes that were not needed', () => {
    const once = [change(CANARY, 'tun-0', [0, 10, 11]), change(FIRST, 'tun-1', [20, 30, 31])];
    const again = change(FIRST, 'tun-1', [40, 70, 71]);
    expect(floorOf([...once, again], 120).gatewayMs).toBe(30_000);
  });
});
