/** Steers and shows the local cloud over HTTP: for tests and for people, never signed, loopback only. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from './cloud.ts';
import { FUNCTION_ROUTES } from './control-functions.ts';
import { BadRequest } from './control-route.ts';
import type { Routes, Steered } from './control-route.ts';
import { readFaultRules } from './fault-rules.ts';
import { snapshotSecrets } from './kms/state.ts';
import type { Session } from './ram/roles.ts';
import { SWITCHES, readSwitches } from './switches.ts';
import { loadKey } from './vpc/far-end.ts';
import { FAR_END_POLICIES, isPolicy } from './vpc/model.ts';
import type { Tunnel } from './vpc/model.ts';

type Json = Readonly<Record<string, unknown>>;

/** Role sessions are good for as long as Function Compute's own: 36 hours. */
const SESSION_SECONDS = 36 * 3_600;

const LOOPBACK = ['127.0.0.1', 'localhost'];

/** Every route that the control address has, by method and path. */
export const ROUTES: Routes = {
  'GET /state': ({ cloud }, _body, query) => showState(cloud, query.get('keys') === '1'),
  'GET /journal': ({ cloud }) => cloud.journal.read(),
  'GET /events': ({ cloud }) => cloud.journal.readWorld(),
  'GET /switches': ({ cloud }) => ({ now: cloud.switches, candidates: SWITCHES }),
  'POST /switches': ({ cloud }, body) => setSwitches(cloud, body),
  'POST /faults': ({ cloud }, body) => setFaults(cloud, body),
  'POST /far-end': ({ cloud }, body) => setFarEnd(cloud, body),
  'POST /roles': ({ cloud }, body) => defineRole(cloud, body),
  'POST /credentials': ({ cloud }, body) => issueCredentials(cloud, body),
  'GET /credentials': ({ cloud }, _body, query) => asCredentialsUri(cloud, query.get('role') ?? ''),
  'POST /reset': ({ reset }) => reset(),
  'GET /clock': ({ cloud }) => ({ now: new Date(cloud.now()).toISOString() }),
  'POST /clock': ({ cloud }, body) => stepClock(cloud, body),
  ...FUNCTION_ROUTES,
};

export async function control(
  steered: Steered,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = ROUTES[`${request.method ?? 'GET'} ${url.pathname}`];
  const reply = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (isFromBrowser(request)) {
    reply(403, { error: 'not from a browser' });
    return;
  }
  if (route === undefined) {
    reply(404, { error: 'no such route', routes: Object.keys(ROUTES) });
    return;
  }
  try {
    steered.cloud.vpc.events.advance(steered.cloud.now());
    reply(200, (await route(steered, parse(body), url.searchParams)) ?? {});
  } catch (error) {
    reply(400, { error: error instanceof Error ? error.message : 'bad request' });
  }
}

/** A page in a browser can reach loopback too; it says where it comes from, or by which name it came. */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  const { hostname } = new URL(`http://${headers.host ?? 'localhost'}`);
  return headers.origin !== undefined || !LOOPBACK.includes(hostname);
}

function parse(body: Buffer): Json {
  if (body.length === 0) return {};
  try {
    return JSON.parse(String(body)) as Json;
  } catch {
    throw new BadRequest('the body must be JSON');
  }
}

function showState(cloud: Cloud, keys: boolean): unknown {
  const key = (text: string): string => (keys || text === '' ? text : '<redacted>');
  const tunnels = (list: readonly Tunnel[]): unknown =>
    list.map(({ tunnelId, role, state, session, config, farEnd }) => ({
      tunnelId,
      role,
      state,
      status: session.status,
      config: {
        ...config,
        ike: { ...config.ike, Psk: key(config.ike.Psk) },
        bgp: { ...config.bgp, AuthKey: key(config.bgp.AuthKey) },
      },
      farEnd: { ...farEnd, keys: farEnd.keys.map(key) },
    }));
  return {
    gateways: [...cloud.vpc.gateways.values()],
    customerGateways: [...cloud.vpc.customerGateways.values()].map((gateway) => ({
      ...gateway,
      authKey: key(gateway.authKey),
    })),
    connections: [...cloud.vpc.connections.values()].map((connection) => ({
      ...connection,
      tunnels: tunnels(connection.tunnels),
    })),
    secrets: snapshotSecrets(cloud.kms).map((secret) => ({
      ...secret,
      versions: secret.versions.map((version) => ({ ...version, data: key(version.data) })),
    })),
    faultsMet: Object.fromEntries(cloud.faults.met),
  };
}

function setSwitches(cloud: Cloud, body: Json): unknown {
  cloud.switches = { ...cloud.switches, ...readSwitches(body) };
  return cloud.switches;
}

function setFaults(cloud: Cloud, body: Json): unknown {
  const rules = readFaultRules(body['rules']);
  cloud.faults.set(rules);
  if (rules.length === 0) cloud.vpc.stuck.clear();
  return { rules: rules.length };
}

function setFarEnd(cloud: Cloud, body: Json): unknown {
  const connection = cloud.vpc.connections.get(String(body['connection']));
  const tunnels = connection?.tunnels.filter(
    (tunnel) => body['tunnel'] === undefined || tunnel.tunnelId === body['tunnel'],
  );
  if (connection === undefined || tunnels === undefined || tunnels.length === 0) {
    throw new BadRequest('no such connection or tunnel');
  }
  const { policy } = body;
  if (policy !== undefined && !isPolicy(policy)) {
    throw new BadRequest(`policy must be one of ${FAR_END_POLICIES.join(', ')}`);
  }
  for (const tunnel of tunnels) {
    if (policy !== undefined) tunnel.farEnd.policy = policy;
    if (typeof body['key'] === 'string') {
      loadKey(cloud.vpc, connection, tunnel, body['key'], cloud.now());
    }
  }
  return { tunnels: tunnels.length };
}

function defineRole(cloud: Cloud, body: Json): unknown {
  const { name, trust, policy } = body;
  if (typeof name !== 'string') throw new BadRequest('name must be text');
  cloud.defineRole({ name, trust, policy });
  return { arn: cloud.roles.arn(name) };
}

/** Issues a session of a role, ends a role's sessions, or switches the account's key. */
function issueCredentials(cloud: Cloud, body: Json): unknown {
  const { role, expire, accessKeyId, active } = body;
  if (typeof accessKeyId === 'string' && typeof active === 'boolean') {
    return { found: cloud.credentials.setActive(accessKeyId, active) };
  }
  if (typeof role !== 'string') throw new BadRequest('role must be text');
  if (expire === true) {
    cloud.roles.expire(role, cloud.now());
    return {};
  }
  return sessionOf(cloud, role);
}

function sessionOf(cloud: Cloud, roleName: string): Session {
  return cloud.roles.assume({
    roleName,
    service: 'fc.aliyuncs.com',
    sessionName: 'control',
    now: cloud.now(),
    lifetimeSeconds: SESSION_SECONDS,
  });
}

/** In the form that the vendor's clients expect behind `ALIBABA_CLOUD_CREDENTIALS_URI`. */
function asCredentialsUri(cloud: Cloud, role: string): unknown {
  const session = sessionOf(cloud, role);
  return {
    Code: 'Success',
    AccessKeyId: session.accessKeyId,
    AccessKeySecret: session.accessKeySecret,
    SecurityToken: session.securityToken,
    Expiration: `${new Date(session.expiresAt).toISOString().slice(0, 19)}Z`,
  };
}

function stepClock(cloud: Cloud, body: Json): unknown {
  const { stepMs } = body;
  if (typeof stepMs !== 'number' || !Number.isSafeInteger(stepMs)) {
    throw new BadRequest('stepMs must be a whole number');
  }
  cloud.stepClock(stepMs);
  return { now: new Date(cloud.now()).toISOString() };
}
