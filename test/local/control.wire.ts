import Credential from '@alicloud/credentials';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FAULT_KINDS } from '../../local/faults.ts';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { SWITCHES } from '../../local/switches.ts';
import { TRUST } from './fc/deployed.ts';
import { send, signAcs3 } from './sign.ts';
import type { Signer } from './sign.ts';

let local: LocalCloud;
beforeEach(async () => {
  local = await startLocalCloud({ fleet: sampleFleet() });
});
afterEach(() => local.close());

async function steer(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${local.control}${path}`, request);
  return { status: response.status, body: await response.json() };
}

const call = (action: string, query: Readonly<Record<string, string>>, signer: Signer = local) => {
  const RegionId = 'cn-hangzhou';
  const described = { endpoint: local.vpc, action, version: '2016-04-28' };
  return send(signAcs3({ ...described, query: { RegionId, ...query } }, signer));
};

const TUNNEL = { VpnConnectionId: 'vco-suzhou-plant-1', TunnelId: 'tun-suzhou-plant-1b' };

describe('GET /state', () => {
  test('has everything and no secret', async () => {
    const bgp = { IpAddress: '198.51.100.99', AuthKey: 'example-psk-bgp' };
    expect((await call('CreateCustomerGateway', bgp)).status).toBe(200);
    const { body } = await steer('/state');
    expect(body).toMatchObject({
      gateways: expect.any(Array),
      connections: expect.any(Array),
      secrets: expect.any(Array),
      faultsMet: {},
    });
    expect(JSON.stringify(body)).not.toContain('example-psk');
  });

  test('has the keys on request', async () => {
    expect(JSON.stringify(await steer('/state?keys=1'))).toContain('example-psk-suzhou-plant-old');
  });
});

test('GET /journal has the calls in order', async () => {
  await call('DescribeVpnGateways', {});
  await call('DescribeVpnConnections', {});
  expect((await steer('/journal')).body).toMatchObject({
    dropped: 0,
    entries: [{ action: 'DescribeVpnGateways' }, { action: 'DescribeVpnConnections' }],
  });
});

test('GET /events has what happened to gateways and tunnels, also by itself', async () => {
  const write = { ...TUNNEL, 'TunnelOptionsSpecification.TunnelIkeConfig.Psk': 'example-psk-x' };
  await call('ModifyTunnelAttribute', write);
  await steer('/clock', { stepMs: 10_000 });
  const { events } = (await steer('/events')).body as { events: { kind: string }[] };
  const kinds = events.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['configured', 'window-opened', 'window-closed']));
  expect(kinds).toContain('sa-down');
});

describe('/switches', () => {
  test('are shown with their candidates and changed', async () => {
    const chosen = { keyOnRead: 'masked', oldSa: 'survives' };
    expect((await steer('/switches', chosen)).status).toBe(200);
    expect(await steer('/switches')).toMatchObject({ body: { now: chosen, candidates: SWITCHES } });
    expect(local.cloud.switches).toMatchObject(chosen);
  });

  const WRONG: readonly object[] = [
    { noSuchSwitch: 'x' },
    { keyOnRead: 'plainly' },
    { toString: 'x' },
  ];
  test.each(WRONG)('refuse %j', async (body) => {
    const before = local.cloud.switches;
    expect((await steer('/switches', body)).status).toBe(400);
    expect(local.cloud.switches).toEqual(before);
  });
});

describe('POST /faults', () => {
  test('takes each kind', async () => {
    const rules = FAULT_KINDS.map((kind) => ({ kind, code: 'Forbidden' }));
    expect(await steer('/faults', { rules })).toEqual({
      status: 200,
      body: { rules: rules.length },
    });
  });

  test('strikes, and the empty list ends it', async () => {
    await steer('/faults', { rules: [{ kind: 'throttle' }] });
    expect((await call('DescribeVpnGateways', {})).body['Code']).toBe('Throttling.User');
    expect((await steer('/state')).body).toMatchObject({ faultsMet: { throttle: 1 } });
    await steer('/faults', { rules: [] });
    expect((await call('DescribeVpnGateways', {})).status).toBe(200);
  });

  test.each([
    {},
    { rules: [{}] },
    { rules: [{ kind: 'earthquake' }] },
    { rules: [null] },
    { rules: [{ kind: 'throttle', actoin: 'PutSecretValue' }] },
    { rules: [{ kind: 'throttle', chance: [1] }] },
    { rules: [{ kind: 'throttle', nth: 'first' }] },
    { rules: [{ kind: 'throttle', where: { TunnelId: 1 } }] },
  ])('refuses %j', async (body) => {
    expect((await steer('/faults', body)).status).toBe(400);
  });

  test('refuses a refusal without a documented code', async () => {
    const rules = [{ kind: 'refuse', code: 'Made.Up' }];
    expect((await steer('/faults', { rules })).status).toBe(400);
  });
});

describe('POST /far-end', () => {
  const end = { connection: TUNNEL.VpnConnectionId, tunnel: TUNNEL.TunnelId };
  const farEnd = () => local.cloud.vpc.connections.get(end.connection)?.tunnels[1]?.farEnd;

  test('loads a key and changes the policy', async () => {
    await steer('/far-end', { ...end, key: 'example-psk-loaded', policy: 'never' });
    expect(farEnd()).toMatchObject({ policy: 'never' });
    expect(farEnd()?.keys.at(-1)).toBe('example-psk-loaded');
  });

  test.each([{ connection: 'vco-nobody' }, { ...end, tunnel: 'tun-x' }, { ...end, policy: 'x' }])(
    'refuses %j',
    async (body) => {
      expect((await steer('/far-end', body)).status).toBe(400);
      expect(farEnd()?.policy).toBe('has-it-already');
    },
  );
});

describe('roles and credentials', () => {
  const Statement = [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
  ];
  const policy = {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: ['vpc:DescribeVpnGateways'], Resource: '*' }],
  };

  test('a role may do what its policy says, until its credentials end', async () => {
    const role = { name: 'ci', trust: { Version: '1', Statement }, policy };
    expect((await steer('/roles', role)).status).toBe(200);
    const signer = (await steer('/credentials', { role: 'ci' })).body as Signer;
    expect((await call('DescribeVpnGateways', {}, signer)).status).toBe(200);
    const denied = await call('ModifyTunnelAttribute', TUNNEL, signer);
    expect(denied).toMatchObject({
      status: 403,
      body: {
        Code: 'Forbidden.RAM',
        AccessDeniedDetail: { AuthAction: 'vpc:ModifyTunnelAttribute' },
      },
    });
    await steer('/credentials', { role: 'ci', expire: true });
    const expired = await call('DescribeVpnGateways', {}, signer);
    expect(expired.body['Code']).toBe('InvalidSecurityToken.Expired');
  });

  test('the account’s key can be switched off and on', async () => {
    const { accessKeyId } = local;
    await steer('/credentials', { accessKeyId, active: false });
    expect((await call('DescribeVpnGateways', {})).body['Code']).toBe(
      'InvalidAccessKeyId.Inactive',
    );
    await steer('/credentials', { accessKeyId, active: true });
    expect((await call('DescribeVpnGateways', {})).status).toBe(200);
  });

  test('a policy that cannot be understood is refused', async () => {
    const role = { name: 'ci', trust: { Version: '1', Statement }, policy: { Version: '2' } };
    expect((await steer('/roles', role)).status).toBe(400);
  });
});

test('GET /credentials serves the vendor’s chain by its URI', async () => {
  const statement = { Effect: 'Allow', Action: ['vpc:DescribeVpnGateways'], Resource: '*' };
  const policy = { Version: '1', Statement: [statement] };
  local.cloud.defineRole({ name: 'ci', trust: TRUST, policy });
  const credentialsURI = `${local.control}/credentials?role=ci`;
  const chain = new Credential.default(
    new Credential.Config({ type: 'credentials_uri', credentialsURI }),
  );
  const {
    accessKeyId = '',
    accessKeySecret = '',
    securityToken = '',
  } = await chain.getCredential();
  const signer = { accessKeyId, accessKeySecret, securityToken };
  expect((await call('DescribeVpnGateways', {}, signer)).status).toBe(200);
  expect((await steer('/credentials?role=nobody')).status).toBe(400);
});

test('POST /reset begins the story anew, for the same key', async () => {
  const key = { 'TunnelOptionsSpecification.TunnelIkeConfig.Psk': 'example-psk-x' };
  const first = await call('ModifyTunnelAttribute', { ...TUNNEL, ...key });
  await steer('/faults', { rules: [{ kind: 'throttle' }] });
  expect((await steer('/reset', {})).status).toBe(200);
  expect((await steer('/journal')).body).toEqual({ dropped: 0, entries: [] });
  expect(JSON.stringify(await steer('/state?keys=1'))).not.toContain('example-psk-x');
  const again = await call('ModifyTunnelAttribute', { ...TUNNEL, ...key });
  // From the same seed: even the request id is the same.
  expect(again).toEqual(first);
});

test('anything else is told what there is', async () => {
  expect(await steer('/nowhere')).toMatchObject({
    status: 404,
    body: { routes: expect.arrayContaining(['GET /state']) },
  });
  const broken = await fetch(`${local.control}/switches`, { method: 'POST', body: '{' });
  expect(broken.status).toBe(400);
});
