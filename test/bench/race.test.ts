/** The bench in virtual time: what it measures does not depend on the machine. */
import { describe, expect, test } from 'vitest';
import { keyturn } from '../../bench/contestants/keyturn.ts';
import { lambdas } from '../../bench/contestants/lambdas.ts';
import { script } from '../../bench/contestants/script.ts';
import { terraform } from '../../bench/contestants/terraform.ts';
import { MIXED_SITES, WINDOW_MS, makeEstate } from '../../bench/estate.ts';
import { race } from '../../bench/race.ts';

const SIZE = { seed: 1, regions: 1, gateways: 3, connectionsPerGateway: 4, windowMs: WINDOW_MS };
const ESTATE = makeEstate({ ...SIZE, sites: MIXED_SITES });

describe('an estate', () => {
  test('has every connection in one document', () => {
    const named = ESTATE.sites.flatMap(({ links }) => links.map((link) => link.vpnConnectionId));
    expect(named.toSorted()).toEqual(ESTATE.fleet.connections.map(({ id }) => id).toSorted());
    expect(ESTATE.sites.map(({ links }) => links.length)).toEqual([1, 2, 1, 1, 2, 1, 1, 2, 1]);
  });

  test('can have its sites at every gateway of their region', () => {
    const mesh = makeEstate({ ...SIZE, regions: 2, gateways: 4, sites: 'mesh' });
    expect(mesh.sites).toHaveLength(8);
    for (const { links } of mesh.sites) {
      expect(new Set(links.map((link) => link.vpnGatewayId)).size).toBe(2);
    }
  });
});

describe('every contestant', () => {
  test.each([
    ['keyturn', keyturn],
    ['the script', script],
    ['terraform', terraform],
    ['the functions', lambdas],
  ])('%s rotates everything', async (_name, contestant) => {
    const result = await race(contestant, ESTATE);
    expect(result.changedTunnels).toBe(ESTATE.tunnels);
    expect(result.failedSites).toBe(0);
  });

  test('is measured the same each time', async () => {
    const first = await race(lambdas, ESTATE);
    const second = await race(lambdas, ESTATE);
    expect(second.makespanMs).toBe(first.makespanMs);
    expect(second.observer.calls).toEqual(first.observer.calls);
  });
});

describe('a run of Keyturn', () => {
  test('is near the floor', async () => {
    const { ratio } = await race(keyturn, ESTATE);
    expect(ratio).toBeGreaterThanOrEqual(1);
    expect(ratio).toBeLessThanOrEqual(1.05);
  });

  test('never has both tunnels of a connection down; Terraform has, of every one', async () => {
    expect((await race(keyturn, ESTATE)).observer.cut.size).toBe(0);
    expect((await race(terraform, ESTATE)).observer.cut.size).toBe(ESTATE.tunnels / 2);
  });
});
