import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { assumeRole, defineRole } from '../wire/target.ts';
import { send, signAcs3, signRpc } from './sign.ts';
import type { Described, Request, Signer } from './sign.ts';

const MINUTE_MS = 60_000;

let local: LocalCloud;
beforeEach(async () => {
  local = await startLocalCloud({ fleet: sampleFleet() });
});
afterEach(() => local.close());

interface Scheme {
  readonly sign: (described: Described, signer: Signer) => Request;
  /** The same request with one parameter changed after it was signed. */
  readonly tamper: (request: Request) => Request;
}

const inUrl = (request: Request): Request => ({
  ...request,
  url: request.url.replace('vpn-hz-1', 'vpn-hz-2'),
});

const SCHEMES: Readonly<Record<string, Scheme>> = {
  'ACS3-HMAC-SHA256': { sign: signAcs3, tamper: inUrl },
  'RPC with HMAC-SHA1': { sign: signRpc, tamper: inUrl },
};

const read = (): Described => ({
  endpoint: local.vpc,
  action: 'DescribeVpnGateway',
  version: '2016-04-28',
  query: { RegionId: 'cn-hangzhou', VpnGatewayId: 'vpn-hz-1' },
});

const refusal = (status: number, Code: string) => ({
  status,
  body: { Code, Message: expect.any(String), RequestId: expect.any(String) },
});

describe.each(Object.entries(SCHEMES))('%s', (_, { sign, tamper }) => {
  test('a good signature is let in', async () => {
    const { status, body } = await send(sign(read(), local));
    expect({ status, id: body['VpnGatewayId'] }).toEqual({ status: 200, id: 'vpn-hz-1' });
  });

  test('a wrong secret', async () => {
    const answered = await send(sign(read(), { ...local, accessKeySecret: 'example-wrong' }));
    expect(answered).toMatchObject(refusal(400, 'SignatureDoesNotMatch'));
  });

  test('a parameter changed on the way', async () => {
    const answered = await send(tamper(sign(read(), local)));
    expect(answered).toMatchObject(refusal(400, 'SignatureDoesNotMatch'));
  });

  test('a form body changed on the way', async () => {
    const form = { Name: 'wire' };
    const request = sign({ ...read(), form }, local);
    expect((await send(request)).status).toBe(200);
    const again = sign({ ...read(), form }, local);
    const answered = await send({ ...again, body: 'Name=other' });
    expect(answered).toMatchObject(refusal(400, 'SignatureDoesNotMatch'));
  });

  test('the same request twice', async () => {
    const request = sign(read(), local);
    expect((await send(request)).status).toBe(200);
    expect(await send(request)).toMatchObject(refusal(400, 'SignatureNonceUsed'));
  });

  test.each([-20, 20])('a time %i minutes off', async (minutes) => {
    const at = Date.now() + minutes * MINUTE_MS;
    const answered = await send(sign({ ...read(), at }, local));
    expect(answered).toMatchObject(refusal(400, 'InvalidTimeStamp.Expired'));
  });

  test.each([-14, 14])('a time %i minutes off is near enough', async (minutes) => {
    const at = Date.now() + minutes * MINUTE_MS;
    expect((await send(sign({ ...read(), at }, local))).status).toBe(200);
  });

  test('an unknown key', async () => {
    const answered = await send(sign(read(), { ...local, accessKeyId: 'LTAIexample' }));
    expect(answered).toMatchObject(refusal(404, 'InvalidAccessKeyId.NotFound'));
  });

  test('a key that was switched off', async () => {
    local.cloud.credentials.setActive(local.accessKeyId, false);
    expect(await send(sign(read(), local))).toMatchObject(
      refusal(400, 'InvalidAccessKeyId.Inactive'),
    );
  });

  describe('with a security token', () => {
    beforeEach(() => defineRole(local));

    test('the right one is let in', async () => {
      expect((await send(sign(read(), assumeRole(local)))).status).toBe(200);
    });

    test('none', async () => {
      const { accessKeyId, accessKeySecret } = assumeRole(local);
      const answered = await send(sign(read(), { accessKeyId, accessKeySecret }));
      expect(answered).toMatchObject(refusal(400, 'MissingSecurityToken'));
    });

    test('another session’s', async () => {
      const { securityToken } = assumeRole(local);
      const answered = await send(sign(read(), { ...assumeRole(local), securityToken }));
      expect(answered).toMatchObject(refusal(400, 'InvalidSecurityToken.Malformed'));
    });

    test('one that has run out', async () => {
      const answered = await send(sign(read(), assumeRole(local, 0)));
      expect(answered).toMatchObject(refusal(400, 'InvalidSecurityToken.Expired'));
    });
  });

  test.each([
    ['an action the product does not have', { action: 'DeleteVpnGateway' }],
    ['a version of another product', { version: '2016-01-20' }],
  ])('%s', async (_name, change) => {
    const answered = await send(sign({ ...read(), ...change }, local));
    expect(answered).toMatchObject(refusal(404, 'InvalidApi.NotFound'));
  });
});

test('the refusal repeats what the gateway signed, as the vendor’s does', async () => {
  const answered = await send(signRpc(read(), { ...local, accessKeySecret: 'example-wrong' }));
  expect(answered.body['Message']).toContain('server string to sign is:POST&%2F&');
  expect(answered.body['Message']).toContain('VpnGatewayId%3Dvpn-hz-1');
});

describe('what ACS3 must cover', () => {
  const without = (request: Request, header: string): Request => {
    const authorization = request.headers['authorization']!.replace(`${header};`, '');
    return { ...request, headers: { ...request.headers, authorization } };
  };

  test.each(['host', 'x-acs-action', 'x-acs-date', 'x-acs-content-sha256'])(
    'a signature that leaves out %s is incomplete',
    async (header) => {
      const answered = await send(without(signAcs3(read(), local), header));
      expect(answered).toMatchObject(refusal(400, 'IncompleteSignature'));
    },
  );

  test('a changed action header', async () => {
    const request = signAcs3(read(), local);
    const headers = { ...request.headers, 'x-acs-action': 'DescribeVpnGateways' };
    expect(await send({ ...request, headers })).toMatchObject(
      refusal(400, 'SignatureDoesNotMatch'),
    );
  });

  test.each([true, false])('parameter names, raw or encoded (raw: %s)', async (rawNames) => {
    const query = { ...read().query, 'Tag:1': 'x' };
    const { status } = await send(signAcs3({ ...read(), query, rawNames }, local));
    expect(status).toBe(200);
  });

  test('an authorization that is none', async () => {
    const request = signAcs3(read(), local);
    const headers = { ...request.headers, authorization: 'ACS3-HMAC-SHA256 nonsense' };
    expect(await send({ ...request, headers })).toMatchObject(refusal(400, 'IncompleteSignature'));
  });
});
