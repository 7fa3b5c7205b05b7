/** Groups of several connections under a service that lets none of them have a key of its own. */
import { describe, expect, test } from 'vitest';
import type { Switches } from '../../local/switches.ts';
import { EngineWorld, REGION, keyOf, verdicts } from './engine-world.ts';
import type { SiteSpec } from './engine-world.ts';

const REPLACE = { groupStrategy: 'replace-customer-gateway' };
const PAIR: SiteSpec = { name: 'pair', connections: 2, document: REPLACE };
const REJECT: Partial<Switches> = {
  sameGatewayRule: 'reject',
  sameGatewayFields: 'key+crypto',
};
const ALL_OLD = Array.from({ length: 4 }, () => keyOf('pair', 'old'));
const ALL_NEW = Array.from({ length: 4 }, () => keyOf('pair', 'new'));

/** Name, address and number of every customer gateway, by id. */
const gatewaysOf = ({ cloud }: EngineWorld) =>
  [...cloud.vpc.customerGateways.values()].map(({ name, ipAddress, asn }) => ({
    name,
    ipAddress,
    asn,
  }));
const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];
const writes = ({ calls }: EngineWorld): readonly string[] =>
  calls.map(({ action }) => action).filter((action) => /CustomerGateway$|^Modify/.test(action));

describe('a service that refuses the first change', () => {
  test('without the strategy: blocked, untouched, with what to do', async () => {
    const world = new EngineWorld([{ ...PAIR, document: {} }], REJECT);
    const report = await world.run();
    expect(verdicts(report)).toEqual({ pair: 'blocked same-gateway-rule' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(world.labels('pair')).toEqual({ ACSCurrent: 'v1', KeyturnNext: 'v2' });
  });

  test.each(['role', 'connection'] as const)(
    'with it, by %s: moves and cleans up',
    async (scope) => {
      const world = new EngineWorld([PAIR], { ...REJECT, sameGatewayScope: scope });
      const report = await world.run();
      expect(verdicts(report)).toEqual({ pair: 'converged rotated' });
      expect(world.keys('pair')).toEqual(ALL_NEW);
      expect(world.up('pair')).toBe(true);
      expect(distinct(world.gateways('pair'))).toHaveLength(1);
      expect(gatewaysOf(world)).toEqual([
        { name: 'keyturn-for-cgw-pair', ipAddress: '203.0.113.1', asn: 65_000 },
      ]);
      expect(world.labels('pair')).toMatchObject({ ACSCurrent: 'v2', ACSPrevious: 'v1' });
      await world.pass();
      const before = writes(world).length;
      expect((await world.run())?.outcome).toBe('unchanged');
      expect(writes(world).slice(before)).toEqual([]);
    },
  );

  test('a service that refuses even what is there already: blocked, untouched', async () => {
    // The identities of two tunnels differ, and this reading of the rule compares them.
    const nine = { sameGatewayRule: 'reject', sameGatewayFields: 'nine' } as const;
    const world = new EngineWorld([{ ...PAIR, ownIdentities: true }], nine);
    expect(verdicts(await world.run())).toEqual({ pair: 'blocked same-gateway-rule' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(writes(world)).not.toContain('CreateCustomerGateway');
  });

  test('and then another rotation: over to the next gateway', async () => {
    const world = new EngineWorld([PAIR], REJECT);
    await world.run();
    const [second] = distinct(world.gateways('pair'));
    world.label('pair', 'KeyturnNext', 'v1');
    expect(verdicts(await world.run())).toEqual({ pair: 'converged rotated' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(gatewaysOf(world).map(({ name }) => name)).toEqual([`keyturn-for-${second}`]);
  });

  test('a far end that does not follow: everything goes back to the gateway it had', async () => {
    const world = new EngineWorld([{ ...PAIR, farEnd: 'never' }], REJECT);
    expect(verdicts(await world.run())).toEqual({ pair: 'restored restored' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(distinct(world.gateways('pair'))).toEqual(['cgw-pair']);
    expect(gatewaysOf(world).map(({ name }) => name)).toEqual(['cgw-pair']);
    expect(world.labels('pair')['KeyturnHeld']).toBe('v2');
  });

  test('a restore of the promoted version goes over once more', async () => {
    const world = new EngineWorld([PAIR], REJECT);
    await world.run();
    const report = await world.run({ purpose: 'restore' });
    expect(verdicts(report)).toEqual({ pair: 'converged rotated' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(gatewaysOf(world)).toHaveLength(1);
    expect(world.labels('pair')).toMatchObject({ ACSCurrent: 'v1', KeyturnHeld: 'v2' });
  });
});

test.each(['accept', 'propagate'] as const)(
  'a service that %ss keeps the customer gateway',
  async (sameGatewayRule) => {
    const world = new EngineWorld([PAIR], { sameGatewayRule });
    expect(verdicts(await world.run())).toEqual({ pair: 'converged rotated' });
    expect(distinct(world.gateways('pair'))).toEqual(['cgw-pair']);
    expect(writes(world)).not.toContain('CreateCustomerGateway');
  },
);

describe('what cannot be moved is left untouched', () => {
  const refused = async (
    prepare: (world: EngineWorld) => void,
    switches: Partial<Switches> = REJECT,
  ) => {
    const world = new EngineWorld([PAIR], switches);
    prepare(world);
    const report = await world.run();
    expect(verdicts(report)).toEqual({ pair: 'blocked replacement-failed' });
    expect(world.keys('pair')).toEqual(ALL_OLD);
    expect(world.labels('pair')).not.toHaveProperty('KeyturnHeld');
    return report?.groups[0]?.reason.detail;
  };

  test('a gateway with a key for BGP', async () => {
    const detail = await refused(({ cloud }) => {
      const gateway = cloud.vpc.customerGateways.get('cgw-pair');
      if (gateway === undefined) throw new Error('no gateway');
      cloud.vpc.customerGateways.set('cgw-pair', { ...gateway, authKey: 'example-bgp-key' });
    });
    expect(detail).toContain('it has a key for BGP');
  });

  test('where the answer to the rehearsal of the way back is lost', async () => {
    const detail = await refused(({ cloud }) => {
      // Both slaves are refused in place; the third write is the rehearsal.
      cloud.faults.set([{ kind: 'reset-after-applied', action: 'ModifyTunnelAttribute', nth: 3 }]);
    });
    expect(detail).toContain('the answer was lost');
  });

  test('where the rehearsal is refused after an answer to it was lost: it is not asked again', async () => {
    const world = new EngineWorld([PAIR], { ...REJECT, keyOnRead: 'empty' });
    const code = 'VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs';
    const action = 'ModifyTunnelAttribute';
    world.cloud.faults.set([
      { kind: 'reset-before', action, nth: 3 },
      { kind: 'refuse', action, nth: 4, code },
    ]);
    expect(verdicts(await world.run())).toEqual({ pair: 'blocked same-gateway-rule' });
    expect(world.calls.filter((call) => call.action === action)).toHaveLength(4);
    expect(world.labels('pair')).not.toHaveProperty('KeyturnHeld');
  });

  test('where two customer gateways must not share an address', async () => {
    const switches = { ...REJECT, sharedGatewayIp: 'refused' } as const;
    expect(await refused(() => undefined, switches)).toContain('InvalidIpAddress.AlreadyExist');
  });

  test('where no customer gateway can be made', async () => {
    const detail = await refused(({ cloud }) => {
      const gateway = cloud.vpc.customerGateways.get('cgw-pair');
      if (gateway === undefined) throw new Error('no gateway');
      for (let number = 1; number < 100; number += 1) {
        const customerGatewayId = `cgw-other-${number}`;
        cloud.vpc.customerGateways.set(customerGatewayId, { ...gateway, customerGatewayId });
      }
    });
    expect(detail).toContain('QuotaExceeded.CustomerGateway');
  });
});

describe('killed before and after every write, and run again', () => {
  /** How many requests a process has sent when it dies: just before each write, and with its answer lost. */
  async function cutsOf(site: SiteSpec): Promise<readonly number[]> {
    const world = new EngineWorld([site], REJECT);
    await world.run();
    const cuts = world.calls.flatMap(({ action }, index) =>
      /^(Describe|List|Get)/.test(action) ? [] : [index, index + 1],
    );
    return [...new Set(cuts)].filter((cut) => cut > 0);
  }

  /** Killed at the cut, then run until nothing is left to do; the last report. */
  async function killed(site: SiteSpec, cut: number) {
    const world = new EngineWorld([site], REJECT);
    await world.run({ killAfter: cut });
    await world.pass();
    await world.run();
    await world.pass();
    return { world, last: await world.run() };
  }

  test('forward: one gateway in the end, all new, nothing left over', async () => {
    const cuts = await cutsOf(PAIR);
    expect(cuts.length).toBeGreaterThan(20);
    const ends = new Set<string>();
    for (const cut of cuts) {
      const { world, last } = await killed(PAIR, cut);
      const names = gatewaysOf(world).map(({ name }) => name);
      const keys = distinct(world.keys('pair'));
      ends.add([last?.outcome, world.labels('pair')['ACSCurrent'], ...names, ...keys].join(' '));
    }
    expect([...ends]).toEqual([`unchanged v2 keyturn-for-cgw-pair ${keyOf('pair', 'new')}`]);
  }, 240_000);

  test('backward: all on the old gateway with the old key, and held', async () => {
    const never: SiteSpec = { ...PAIR, farEnd: 'never' };
    const ends = new Set<string>();
    for (const cut of await cutsOf(never)) {
      const { world, last } = await killed(never, cut);
      const gateways = distinct(world.gateways('pair'));
      const keys = distinct(world.keys('pair'));
      ends.add([verdicts(last)['pair'], ...gateways, ...keys].join(' '));
    }
    expect([...ends]).toEqual([`blocked held cgw-pair ${keyOf('pair', 'old')}`]);
  }, 240_000);
});

test('a customer gateway whose answer was lost is found again', async () => {
  const world = new EngineWorld([PAIR], { ...REJECT, tokenRetention: 'none' });
  world.cloud.faults.set([
    { kind: 'reset-after-applied', action: 'CreateCustomerGateway', nth: 1 },
  ]);
  expect(verdicts(await world.run())).toEqual({ pair: 'converged rotated' });
  expect(gatewaysOf(world)).toHaveLength(1);
  expect([...world.cloud.vpc.customerGateways.values()][0]?.regionId).toBe(REGION);
});
