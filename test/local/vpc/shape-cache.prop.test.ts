/** What a listing shows is kept between calls: it must never show anything but what is there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Prng } from '../../../local/prng.ts';
import { SWITCHES } from '../../../local/switches.ts';
import { readConnection } from '../../../local/vpc/connection-shape.ts';
import { ShapeCache } from '../../../local/vpc/shape-cache.ts';
import { REGION, World } from './world.ts';

type Step = (world: World) => void;

const tunnel = fc.constantFrom('tun-a1', 'tun-a2', 'tun-b1', 'tun-c2', 'tun-g1', 'tun-g2');
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ id: tunnel, key: fc.constantFrom('example-psk-1', 'example-psk-2') }).map(
    ({ id, key }): Step =>
      (world) =>
        void world.rekey(id, key),
  ),
  fc.constantFrom(1, 150, 5_000, 10_000, 60_000, 90_000_000).map(
    (ms): Step =>
      (world) =>
        world.pass(ms),
  ),
  fc
    .record({
      VpnConnectionId: fc.constantFrom('vco-a', 'vco-s', 'vco-g'),
      Name: fc.constantFrom('one', 'two'),
      LocalSubnet: fc.constantFrom('10.7.0.0/16', '10.8.0.0/16'),
      EffectImmediately: fc.constantFrom('true', 'false'),
    })
    .map(
      (change): Step =>
        (world) =>
          void world.outcome('ModifyVpnConnectionAttribute', { RegionId: REGION, ...change }),
    ),
  fc.constantFrom(...SWITCHES.keyOnRead).map((keyOnRead): Step => (world) => {
    world.cloud.switches = { ...world.cloud.switches, keyOnRead };
  }),
  fc.constantFrom(...SWITCHES.connectionState).map((connectionState): Step => (world) => {
    world.cloud.switches = { ...world.cloud.switches, connectionState };
  }),
);

test.each(SWITCHES.statusFreshness)(
  'after any story, with a status that is %s',
  (statusFreshness) => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 25 }), (story) => {
        const world = new World({ switches: { statusFreshness } });
        const { vpc } = world.cloud;
        for (const step of story) {
          step(world);
          const context = {
            now: world.now,
            regionId: REGION,
            caller: { accountId: vpc.accountId, accessKeyId: 'LTAI-example', roleName: null },
            requestId: 'request-1',
            random: new Prng(1),
            switches: world.cloud.switches,
          };
          for (const connection of vpc.connections.values()) {
            const fresh = readConnection({ ...vpc, shapes: new ShapeCache() }, connection, context);
            expect(readConnection(vpc, connection, context)).toEqual(fresh);
          }
        }
      }),
    );
  },
);

test('what has not changed is the same object, so that nothing is made twice', () => {
  const world = new World();
  const listed = () => {
    const body = world.ok('DescribeVpnConnections', { RegionId: REGION });
    const items = (body['VpnConnections'] as { VpnConnection: { VpnConnectionId: string }[] })
      .VpnConnection;
    return new Map(items.map((item) => [item.VpnConnectionId, item]));
  };
  const before = listed();
  world.rekey('tun-a1');
  const after = listed();
  expect(after.get('vco-b')).toBe(before.get('vco-b'));
  expect(after.get('vco-a')).not.toBe(before.get('vco-a'));
});
