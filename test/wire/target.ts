/**
 * Where the wire tests of all adapter calls go. By default a local cloud of their own; with these variables,
 * an account of yours in the real one. THE CALLS WRITE: the named connections get the keys below and lose
 * their tunnels, the secret gets a version and loses a label, a customer gateway is made and deleted.
 *
 *   KEYTURN_WIRE_REGION              region of everything below
 *   KEYTURN_WIRE_ACCESS_KEY_ID       and KEYTURN_WIRE_ACCESS_KEY_SECRET, KEYTURN_WIRE_SECURITY_TOKEN (optional)
 *   KEYTURN_WIRE_DUAL                a dual-tunnel connection on a VPN gateway of its own, carrying nothing
 *   KEYTURN_WIRE_SINGLE              a single-tunnel connection on another VPN gateway, carrying nothing
 *   KEYTURN_WIRE_ATTACHMENT          a connection on a transit router, carrying nothing
 *   KEYTURN_WIRE_SECRET              a generic secret for nothing else
 */
import { createClouds } from '../../functions/alicloud/index.ts';
import type { ContextCredentials, Endpoint } from '../../functions/alicloud/index.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import type { FleetFile, TunnelFile } from '../../local/fleet-file.ts';

export const REGION = 'cn-hangzhou';
export const SECRET = 'vpn/wire';

export interface Target {
  readonly region: string;
  readonly dual: string;
  readonly single: string;
  readonly attachment: string;
  readonly secret: string;
  readonly vpc: Endpoint | null;
  readonly kms: Endpoint | null;
  readonly credentials: ContextCredentials;
  /** Between two looks at something that takes its time. */
  readonly pollMs: number;
  close(): Promise<void>;
}

const tunnel = (id: string): TunnelFile => ({
  id,
  customerGateway: 'cgw-1',
  key: 'example-psk-old',
  farEnd: { policy: 'follows', delayMs: 1, negotiateMs: 2 },
});
const { id: _id, ...only } = tunnel('');

/** One connection of each kind, each behind a lock of its own. */
export const FLEET: FleetFile = {
  kmsRegion: REGION,
  regions: [REGION],
  windowMs: { min: 1, max: 5 },
  gateways: [
    { id: 'vpn-1', region: REGION },
    { id: 'vpn-2', region: REGION },
  ],
  customerGateways: [{ id: 'cgw-1', region: REGION, ip: '203.0.113.1', asn: 65_010 }],
  connections: [
    {
      id: 'vco-dual',
      region: REGION,
      gateway: 'vpn-1',
      tunnels: [tunnel('tun-dual-a'), tunnel('tun-dual-b')],
    },
    { id: 'vco-single', region: REGION, gateway: 'vpn-2', tunnels: [only] },
    { id: 'vco-attached', region: REGION, tunnels: [tunnel('tun-att-a'), tunnel('tun-att-b')] },
  ],
  secrets: [
    {
      name: SECRET,
      versions: [
        { versionId: 'v1', labels: ['ACSCurrent'], data: 'example-psk-one' },
        { versionId: 'v2', labels: ['KeyturnNext'], data: 'example-psk-two' },
      ],
    },
  ],
};

const ROLE = 'wire';

/** A role that may do all that the adapters call. */
export function defineRole({ cloud }: LocalCloud, actions = ['vpc:*', 'kms:*']): void {
  cloud.roles.define({
    name: ROLE,
    trust: {
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
      ],
    },
    policies: [
      {
        name: 'wire',
        document: {
          Version: '1',
          Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
        },
      },
    ],
  });
}

export function assumeRole({ cloud }: LocalCloud, lifetimeSeconds = 3_600) {
  return cloud.roles.assume({
    roleName: ROLE,
    service: 'fc.aliyuncs.com',
    sessionName: 'wire',
    now: Date.now(),
    lifetimeSeconds,
  });
}

/** The real account when it is named; else a local cloud, called with a key or as a role. */
export async function openTarget(who: 'key' | 'role'): Promise<Target> {
  const env = (name: string): string => {
    const value = process.env[`KEYTURN_WIRE_${name}`];
    if (value === undefined) throw new Error(`KEYTURN_WIRE_${name} is not set`);
    return value;
  };
  if (process.env['KEYTURN_WIRE_REGION'] !== undefined) {
    const securityToken = process.env['KEYTURN_WIRE_SECURITY_TOKEN'];
    return {
      region: env('REGION'),
      dual: env('DUAL'),
      single: env('SINGLE'),
      attachment: env('ATTACHMENT'),
      secret: env('SECRET'),
      vpc: null,
      kms: null,
      credentials: {
        accessKeyId: env('ACCESS_KEY_ID'),
        accessKeySecret: env('ACCESS_KEY_SECRET'),
        ...(securityToken === undefined ? {} : { securityToken }),
      },
      pollMs: 5_000,
      close: async () => {},
    };
  }
  const local = await startLocalCloud({ fleet: FLEET });
  defineRole(local);
  const { accessKeyId, accessKeySecret } = local;
  return {
    region: REGION,
    dual: 'vco-dual',
    single: 'vco-single',
    attachment: 'vco-attached',
    secret: SECRET,
    vpc: endpointOf(local.vpc),
    kms: endpointOf(local.kms),
    credentials: who === 'key' ? { accessKeyId, accessKeySecret } : assumeRole(local),
    pollMs: 2,
    close: () => local.close(),
  };
}

export function endpointOf(url: string): Endpoint {
  return { protocol: 'http', host: new URL(url).host };
}

/** The adapters against a target, and the names of the calls they made. */
export function adaptersAt(
  target: Pick<Target, 'region' | 'vpc' | 'kms' | 'credentials'>,
  requestTimeoutMs = 10_000,
) {
  const called: string[] = [];
  const { vpn, secrets } = createClouds({
    region: target.region,
    vpcEndpoint: target.vpc,
    kmsEndpoint: target.kms,
    credentials: () => target.credentials,
    tunnelOptionsInBody: false,
    requestTimeoutMs,
    countCall: (operation) => called.push(operation),
  });
  return { vpn, secrets, called };
}
