import { describe, expect, test } from 'vitest';
import { Cloud } from '../../local/cloud.ts';
import type { FaultRule } from '../../local/faults.ts';
import { parseFleet } from '../../local/fleet-file.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { Params } from '../../local/operation.ts';
import { Prng } from '../../local/prng.ts';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { SWITCHES, drawSwitches } from '../../local/switches.ts';
import type { SwitchName } from '../../local/switches.ts';

const START = Date.UTC(2026, 10, 1);

function cloudOf(fleet: FleetFile = sampleFleet()) {
  let now = START;
  const cloud = new Cloud({ seed: 1, now: () => now, fleet });
  const call = (product: 'vpc' | 'kms', action: string, query: Params) =>
    cloud.call({ product, action, regionId: query['RegionId'] ?? 'cn-hangzhou', query, form: {} });
  return { cloud, call, pass: (ms: number) => (now += ms) };
}

const KEY = 'example-psk-canary';
const MODIFY = {
  RegionId: 'cn-hangzhou',
  VpnConnectionId: 'vco-suzhou-plant-1',
  TunnelId: 'tun-suzhou-plant-1b',
  ClientToken: 'example-token',
  'TunnelOptionsSpecification.TunnelIkeConfig.Psk': KEY,
};

describe('a delay', () => {
  test('is left to the transport, a second unless it is given', () => {
    const { cloud, call } = cloudOf();
    cloud.faults.set([{ kind: 'delay', delayMs: 250, nth: 1 }, { kind: 'delay' }]);
    const read = () => call('vpc', 'DescribeVpnGateways', { RegionId: 'cn-hangzhou' });
    expect(read()).toMatchObject({ kind: 'answer', status: 200, delayMs: 250 });
    expect(read()).toMatchObject({ kind: 'answer', status: 200, delayMs: 1_000 });
  });
});

describe('rates of KMS', () => {
  const SecretName = 'vpn/suzhou-plant';
  /** The calls of a group have their rate together. */
  const GROUPS: readonly (readonly [number, readonly [string, ...string[]]])[] = [
    [450, ['GetSecretValue', 'DescribeSecret']],
    [
      40,
      [
        'ListSecretVersionIds',
        'ListSecrets',
        'PutSecretValue',
        'UpdateSecretVersionStage',
        'UpdateSecret',
        'RestoreSecret',
        'GetRandomPassword',
      ],
    ],
    [10, ['CreateSecret', 'DeleteSecret']],
  ];

  test.each(GROUPS)('%i a second for %j together, then HTTP 429', (rate, actions) => {
    const { call, pass } = cloudOf();
    const outcome = (count: number) => {
      const action = actions[count % actions.length] ?? actions[0];
      const result = call('kms', action, { SecretName });
      return result.kind === 'answer' ? result.status : null;
    };
    for (let count = 0; count < rate; count += 1) {
      if (outcome(count) === 429) throw new Error(`throttled after ${count}`);
    }
    for (const at of actions.keys()) expect(outcome(at)).toBe(429);
    pass(999);
    expect(outcome(0)).toBe(429);
    pass(1);
    expect(outcome(0)).not.toBe(429);
  });

  test('one group’s rate is not the other’s', () => {
    const { call } = cloudOf();
    for (let count = 0; count < 50; count += 1) call('kms', 'ListSecrets', {});
    const result = call('kms', 'GetSecretValue', { SecretName });
    expect(result).toMatchObject({ status: 200 });
  });
});

describe('faults by script', () => {
  const strikes = (rule: Omit<FaultRule, 'kind'>) => {
    const { cloud, call, pass } = cloudOf();
    cloud.faults.set([{ kind: 'throttle', ...rule }]);
    const struck = (query: Params): boolean => {
      const result = call('vpc', 'DescribeVpnConnections', { RegionId: 'cn-hangzhou', ...query });
      return result.kind === 'answer' && result.status === 400;
    };
    return { struck, pass, call };
  };

  test('nth: only that call', () => {
    const { struck } = strikes({ nth: 2 });
    expect([struck({}), struck({}), struck({})]).toEqual([false, true, false]);
  });

  test('chance: so many times out of so many, the same for the same seed', () => {
    const drawn = () => {
      const { struck } = strikes({ chance: [1, 4] });
      return Array.from({ length: 200 }, () => struck({}));
    };
    const times = drawn().filter(Boolean).length;
    expect(times).toBeGreaterThan(20);
    expect(times).toBeLessThan(80);
    expect(drawn()).toEqual(drawn());
  });

  test('where: only calls with these parameters', () => {
    const { struck } = strikes({ where: { VpnGatewayId: 'vpn-hz-1' } });
    expect(struck({ VpnGatewayId: 'vpn-hz-2' })).toBe(false);
    expect(struck({ VpnGatewayId: 'vpn-hz-1' })).toBe(true);
  });

  test('forMs: a storm passes', () => {
    const { struck, pass } = strikes({ forMs: 60_000 });
    expect(struck({})).toBe(true);
    pass(59_999);
    expect(struck({})).toBe(true);
    pass(1);
    expect(struck({})).toBe(false);
  });

  test('retryAfterMs: the gateway says for how long to stay away', () => {
    const { call } = strikes({ retryAfterMs: 1_500 });
    expect(call('vpc', 'DescribeVpnGateways', { RegionId: 'cn-hangzhou' })).toMatchObject({
      status: 400,
      headers: { 'x-acs-retry-after': '1500' },
      body: { Code: 'Throttling.User' },
    });
  });

  test('server-500-after-applied: the change is there all the same', () => {
    const { cloud, call } = cloudOf();
    cloud.faults.set([{ kind: 'server-500-after-applied' }]);
    expect(call('vpc', 'ModifyTunnelAttribute', MODIFY)).toMatchObject({
      status: 500,
      body: { Code: 'InternalError' },
    });
    const tunnels = cloud.vpc.connections.get(MODIFY.VpnConnectionId)?.tunnels;
    expect(tunnels?.[1]?.config.ike.Psk).toBe(KEY);
  });

  test('refuse: each product has its own codes, and reads are refused only by name', () => {
    const { cloud, call } = cloudOf();
    const code = 'ServiceUnavailableTemporary';
    cloud.faults.set([{ kind: 'refuse', code }]);
    expect(call('vpc', 'ModifyTunnelAttribute', MODIFY)).toMatchObject({ status: 200 });
    const secret = { SecretName: 'vpn/suzhou-plant' };
    expect(call('kms', 'GetSecretValue', secret)).toMatchObject({ status: 200 });
    expect(call('kms', 'UpdateSecret', secret)).toMatchObject({
      status: 503,
      body: { Code: code },
    });
    cloud.faults.set([{ kind: 'refuse', code, action: 'GetSecretValue' }]);
    expect(call('kms', 'GetSecretValue', secret)).toMatchObject({ status: 503 });
  });
});

describe('the journal', () => {
  test('tells who did what and what came of it, without a secret', () => {
    const { cloud, call } = cloudOf();
    call('vpc', 'ModifyTunnelAttribute', MODIFY);
    call('kms', 'PutSecretValue', {
      SecretName: 'vpn/suzhou-plant',
      VersionId: 'v9',
      SecretData: KEY,
    });
    call('vpc', `Example${KEY}`, { [KEY]: KEY });
    const { entries, dropped } = cloud.journal.read();
    expect(dropped).toBe(0);
    expect(entries.map(({ action, status, code }) => ({ action, status, code }))).toEqual([
      { action: 'ModifyTunnelAttribute', status: 200, code: null },
      { action: 'PutSecretValue', status: 200, code: null },
      { action: 'unknown', status: 404, code: 'InvalidApi.NotFound' },
    ]);
    expect(entries[0]?.url).toBe(
      '/?…&RegionId=cn-hangzhou&TunnelId=tun-suzhou-plant-1b&…&VpnConnectionId=vco-suzhou-plant-1',
    );
    expect(entries[0]?.effects.map(({ kind }) => kind)).toEqual(['configured', 'window-opened']);
    expect(JSON.stringify(entries)).not.toContain(KEY);
    expect(JSON.stringify(entries)).not.toContain(MODIFY.ClientToken);
  });
});

describe('a fleet file', () => {
  const FLEET = { kmsRegion: 'r', regions: [], gateways: [], customerGateways: [] };
  const EMPTY = { ...FLEET, connections: [], secrets: [] };
  const tunnel = { id: 'tun-1', customerGateway: 'cgw-1', key: KEY };
  const site = { ...EMPTY, customerGateways: [{ id: 'cgw-1', region: 'r', ip: '203.0.113.1' }] };
  const connection = (tunnels: readonly unknown[], more = {}) => ({
    ...site,
    connections: [{ id: 'vco-1', region: 'r', tunnels, ...more }],
  });

  test('that is the sample is read as it is', () => {
    const sample = sampleFleet();
    expect(parseFleet(JSON.stringify(sample))).toEqual(sample);
  });

  test('chooses switches and sets faults from the beginning', () => {
    const chosen = { switches: { keyOnRead: 'masked' }, faults: [{ kind: 'throttle' }] };
    const fleet = parseFleet(JSON.stringify({ ...sampleFleet(), ...chosen }));
    const { cloud, call } = cloudOf(fleet);
    expect(cloud.switches).toMatchObject(chosen.switches);
    const read = call('vpc', 'DescribeVpnGateways', { RegionId: 'cn-hangzhou' });
    expect(read).toMatchObject({ status: 400, body: { Code: 'Throttling.User' } });
  });

  const FAULTY: readonly (readonly [string, unknown])[] = [
    ['keyOnRead must be one of plain, masked, empty', { ...EMPTY, switches: { keyOnRead: 'x' } }],
    ['no such switch', { ...EMPTY, switches: { toString: 'x' } }],
    ['rules[0].kind is not valid', { ...EMPTY, faults: [{ kind: 'earthquake' }] }],
    ['fleet file: roles must be a list', { ...EMPTY, roles: {} }],
    ['fleet file: must be an object', 1],
    ['fleet file: secrets must be a list', { ...FLEET, connections: [] }],
    ['fleet file: kmsRegion must be text', { ...EMPTY, kmsRegion: undefined }],
    ['fleet file: connections[0].tunnels must have one or two', connection([])],
    [
      'fleet file: connections[0].gateway is not in gateways',
      connection([tunnel], { gateway: 'x' }),
    ],
    [
      'fleet file: connections[0].tunnels[0].customerGateway is not in customerGateways',
      connection([{ ...tunnel, customerGateway: 'cgw-2' }]),
    ],
    [
      'fleet file: connections[0].tunnels[0].farEnd.policy is none of those there are',
      connection([{ ...tunnel, farEnd: { policy: 'folows' } }]),
    ],
    [
      'fleet file: connections[0].tunnels[1].id must be given',
      connection([tunnel, { ...tunnel, id: undefined }]),
    ],
    [
      'fleet file: customerGateways has an id twice',
      { ...site, customerGateways: [...site.customerGateways, ...site.customerGateways] },
    ],
  ];

  test.each(FAULTY)('%s', (message, file) => {
    expect(() => parseFleet(JSON.stringify(file))).toThrow(new Error(message));
  });

  test('that is not JSON is not quoted', () => {
    expect(() => parseFleet(`{"key": ${KEY}`)).toThrow(new Error('fleet file: must be JSON'));
  });
});

test('drawn switches are the same for the same seed, and reach every candidate', () => {
  const draw = (seed: number) => drawSwitches(new Prng(seed));
  expect(draw(7)).toEqual(draw(7));
  const drawn = Array.from({ length: 200 }, (_, seed) => draw(seed));
  for (const [name, candidates] of Object.entries(SWITCHES)) {
    const met = new Set(drawn.map((switches) => switches[name as SwitchName]));
    expect(met).toEqual(new Set(candidates));
  }
});
