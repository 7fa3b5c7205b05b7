import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure, Outcome } from '../../functions/core/failure.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { json, startCaptureServer } from './capture-server.ts';
import type { CaptureServer, Reply } from './capture-server.ts';
import { CREDENTIALS, cloudsAt } from './clouds.ts';
import { CANARY, singleTunnelWrite, tunnelWrite } from './sample-writes.ts';

const TOKEN = 'example-token-canary';
const REQUEST_ID = '0ED8D006-F706-4D23-88ED-E11ED28DCAC0';
const SECRETS = [CANARY, TOKEN, CREDENTIALS.accessKeySecret];

let server: CaptureServer;
beforeEach(async () => {
  server = await startCaptureServer();
});
afterEach(() => server.close());

/** A key in the URL, in JSON in the URL, and in a form body. */
const WRITES = {
  ModifyTunnelAttribute: (at) => at.vpn.write(tunnelWrite),
  ModifyVpnConnectionAttribute: (at) => at.vpn.write(singleTunnelWrite),
  PutSecretValue: (at) =>
    at.secrets.putVersion({
      name: 'n',
      versionId: 'v-1',
      data: new Redacted(CANARY),
      labels: ['KeyturnNext'],
    }),
} as const satisfies Record<string, (at: ReturnType<typeof cloudsAt>) => Promise<Outcome<null>>>;
const names = Object.keys(WRITES) as (keyof typeof WRITES)[];

function clouds(requestTimeoutMs = 5_000) {
  const credentials = () => ({ ...CREDENTIALS, securityToken: TOKEN });
  return cloudsAt(server.endpoint, { credentials, requestTimeoutMs });
}

/** Every form in which somebody could print the failure; none may hold a secret, plain or URL-encoded. */
function expectClean(failure: unknown): void {
  const shown = [
    inspect(failure, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(failure),
  ].join('\n');
  for (const secret of SECRETS) {
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(encodeURIComponent(secret));
  }
  expect(shown).not.toContain(server.endpoint.host);
}

/** Echoes what was signed, as the service does for a wrong signature. */
const echo: Reply = (response, request) => {
  const signed = JSON.stringify({ query: request.query, form: request.form });
  const Message = `server string to sign is:${signed} ${TOKEN}`;
  json(400, { RequestId: REQUEST_ID, Code: 'SignatureDoesNotMatch', Message })(response, request);
};

type Expected = {
  readonly kind: Failure['kind'];
  readonly code: string;
  readonly status: number | null;
};
const network = (code: string): Expected => ({ kind: 'unknown', code, status: null });
const FAULTS: Record<string, { reply: Reply; expected: Expected }> = {
  'a reset before the answer': {
    reply: (response) => response.socket?.resetAndDestroy(),
    expected: network('Network.Reset'),
  },
  'a connection that dies in the middle of the answer': {
    reply: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"RequestId":');
      setImmediate(() => response.socket?.destroy());
    },
    expected: network('Network.Reset'),
  },
  'an HTML 502': {
    reply: (response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html>Bad Gateway</html>');
    },
    expected: network('Network.Unparsable'),
  },
  'an empty 503': {
    reply: (response) => response.writeHead(503).end(),
    expected: network('Network.Unparsable'),
  },
  'an empty 200': {
    reply: (response) => response.writeHead(200).end(),
    expected: network('Network.Unparsable'),
  },
  'a 200 that is not the service’s': {
    reply: json(200, { ok: true }),
    expected: network('Network.Unparsable'),
  },
  'a JSON error without a code': {
    reply: json(403, { message: 'blocked by a proxy' }),
    expected: network('Network.Unparsable'),
  },
  'a 5xx in JSON': {
    reply: json(500, { RequestId: REQUEST_ID, Code: 'InternalError', Message: CANARY }),
    expected: { kind: 'unknown', code: 'InternalError', status: 500 },
  },
  'a refusal that echoes the request': {
    reply: echo,
    expected: { kind: 'denied', code: 'SignatureDoesNotMatch', status: 400 },
  },
  'a refusal that gives the key back as its code and its request id': {
    reply: json(400, { RequestId: CANARY, Code: CANARY, Message: CANARY }),
    expected: { kind: 'refused', code: 'Code.Withheld', status: 400 },
  },
  'a busy gateway': {
    reply: json(400, { RequestId: REQUEST_ID, Code: 'VpnGateway.Configuring', Message: 'busy' }),
    expected: { kind: 'busy', code: 'VpnGateway.Configuring', status: 400 },
  },
};

describe.each(names)('%s', (name) => {
  test.each(Object.entries(FAULTS))('%s', async (_, { reply, expected }) => {
    server.reply = reply;
    const failure = await WRITES[name](clouds());
    expect(failure).toMatchObject({
      kind: expected.kind,
      error: { operation: name, code: expected.code, status: expected.status },
    });
    expectClean(failure);
    // One attempt: retrying is decided where the outcome of a write is understood.
    expect(server.captured).toHaveLength(1);
  });

  test('no answer in time', async () => {
    server.reply = () => {};
    const failure = await WRITES[name](clouds(100));
    expect(failure).toMatchObject({ kind: 'unknown', error: { code: 'Network.Timeout' } });
    expectClean(failure);
  });

  test('nobody listens', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const nowhere = { protocol: 'http', host: `127.0.0.1:${port}` } as const;
    const failure = await WRITES[name](cloudsAt(nowhere));
    expect(failure).toMatchObject({ kind: 'unknown', error: { code: 'Network.Unreachable' } });
    expectClean(failure);
  });
});

test.each(names)(
  '%s, answered without an end, is over at the deadline and its connection closed',
  async (name) => {
    const closed = new Promise<void>((resolve) => {
      server.reply = (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
        // A byte now and then keeps every idle timer from firing.
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => {
          clearInterval(drip);
          resolve();
        });
      };
    });
    const failure = await WRITES[name](clouds(150));
    expect(failure).toMatchObject({ kind: 'unknown', error: { code: 'Network.Timeout' } });
    await closed;
  },
);

test('throttling of VPC says how long to wait', async () => {
  const body = { RequestId: REQUEST_ID, Code: 'Throttling.User', Message: 'flow control' };
  server.reply = json(400, body, { 'x-acs-retry-after': '1500' });
  await expect(clouds().vpn.write(tunnelWrite)).resolves.toEqual({
    kind: 'throttled',
    retryAfterMs: 1500,
    error: {
      operation: 'ModifyTunnelAttribute',
      code: 'Throttling.User',
      status: 400,
      requestId: REQUEST_ID,
    },
  });
});

test('throttling of KMS is a 429', async () => {
  const Code = 'Rejected.Throttling';
  server.reply = json(429, { HttpStatus: 429, RequestId: REQUEST_ID, Code, Message: 'QPS Limit' });
  await expect(clouds().secrets.readVersion('n', 'v-1')).resolves.toEqual({
    kind: 'throttled',
    retryAfterMs: null,
    error: { operation: 'GetSecretValue', code: Code, status: 429, requestId: REQUEST_ID },
  });
});

test('without credentials nothing is sent and nothing is counted', async () => {
  const counted: string[] = [];
  const { vpn } = cloudsAt(server.endpoint, {
    credentials: () => ({ accessKeyId: '', accessKeySecret: '' }),
    countCall: (operation) => counted.push(operation),
  });
  await expect(vpn.write(tunnelWrite)).resolves.toMatchObject({
    kind: 'denied',
    error: { code: 'InvalidCredentials' },
  });
  expect({ captured: server.captured, counted }).toEqual({ captured: [], counted: [] });
});
