/** FC 2.0's own signature scheme, signed by hand. That of 3.0 is ACS3, as everywhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalCloud } from '../../../local/server.ts';
import { signFc } from '../sign.ts';
import type { Request, Signer } from '../sign.ts';
import { startDeployed, TRUST } from './deployed.ts';

const MINUTE_MS = 60_000;
const PATH = '/2016-08-15/services/svc/functions/echo/invocations';

let local: LocalCloud;
beforeAll(async () => {
  local = await startDeployed([{ functionName: 'svc$echo', role: 'rotate', timeout: 60 }]);
});
afterAll(() => local.close());

const signed = (signer: Signer, at = Date.now()): Request =>
  signFc(
    { endpoint: local.fc, path: PATH, headers: { 'x-fc-log-type': 'Tail' }, body: '{}', at },
    signer,
  );

const session = (lifetimeSeconds: number): Signer =>
  local.cloud.roles.assume({
    roleName: 'rotate',
    service: 'fc.aliyuncs.com',
    sessionName: 'test',
    now: local.cloud.now(),
    lifetimeSeconds,
  });

async function send({ url, ...request }: Request): Promise<string> {
  const response = await fetch(url, request);
  if (response.status === 200) return '200';
  const { ErrorCode } = (await response.json()) as { ErrorCode: string };
  return `${response.status} ${ErrorCode}`;
}

test('a good signature is let in', async () => {
  expect(await send(signed(local))).toBe('200');
});

const WRONG: Readonly<Record<string, readonly [refusal: string, request: () => Request]>> = {
  'a wrong secret': [
    '403 SignatureNotMatch',
    () => signed({ ...local, accessKeySecret: 'example-other' }),
  ],
  'another function than was signed for': [
    '403 SignatureNotMatch',
    () => ({ ...signed(local), url: `${local.fc}${PATH.replace('echo', 'other')}` }),
  ],
  'a header changed on the way': [
    '403 SignatureNotMatch',
    () => {
      const request = signed(local);
      return { ...request, headers: { ...request.headers, 'x-fc-log-type': 'None' } };
    },
  ],
  'a header added on the way': [
    '403 SignatureNotMatch',
    () => {
      const request = signed(local);
      return { ...request, headers: { ...request.headers, 'x-fc-invocation-type': 'Async' } };
    },
  ],
  'a body changed on the way': [
    '403 SignatureNotMatch',
    () => ({ ...signed(local), body: '{"throw":"x"}' }),
  ],
  'a time 20 minutes old': ['403 AccessDenied', () => signed(local, Date.now() - 20 * MINUTE_MS)],
  'an unknown key': [
    '403 InvalidAccessKeyID',
    () => signed({ ...local, accessKeyId: 'LTAI-nobody' }),
  ],
  'no signature': [
    '400 MissingRequiredHeader',
    () => ({ ...signed(local), headers: { 'content-type': 'application/octet-stream' } }),
  ],
  'a session without its token': [
    '403 AccessDenied',
    () => {
      const { accessKeyId, accessKeySecret } = session(60);
      return signed({ accessKeyId, accessKeySecret });
    },
  ],
  'another session’s token': [
    '403 AccessDenied',
    () => signed({ ...session(60), securityToken: session(60).securityToken ?? '' }),
  ],
  'a token that has run out': ['403 AccessDenied', () => signed(session(0))],
};

test.each(Object.entries(WRONG))('%s is refused', async (_name, [refusal, request]) => {
  expect(await send(request())).toBe(refusal);
});

test('a role may call what its policy says, with its token', async () => {
  const { roles } = local.cloud;
  expect(await send(signed(session(60)))).toBe('403 AccessDenied');
  const Resource = 'acs:fc:cn-hangzhou:1234567890123456:services/svc/functions/echo';
  const Statement = [{ Effect: 'Allow', Action: ['fc:InvokeFunction'], Resource }];
  local.cloud.defineRole({ name: 'caller', trust: TRUST, policy: { Version: '1', Statement } });
  const key = roles.assume({
    roleName: 'caller',
    service: 'fc.aliyuncs.com',
    sessionName: 'test',
    now: local.cloud.now(),
    lifetimeSeconds: 60,
  });
  expect(await send(signed(key))).toBe('200');
});
