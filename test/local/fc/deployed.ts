/** A local cloud with functions that do what their event says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '../../../local/server.ts';
import type { LocalCloud } from '../../../local/server.ts';

export const REGION = 'cn-hangzhou';
export const ACCOUNT = '1234567890123456';

const BUNDLE = `
export const handler = async (event, context) => {
  const order = JSON.parse(event.toString());
  if (order.say) console.log(order.say);
  if (order.throw) throw Object.assign(new Error(order.throw), { name: 'RotationError' });
  if (order.exit) process.exit(0);
  if (order.hang) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  if (order.eat) { const held = []; for (;;) held.push(Buffer.alloc(16_777_216, 1)); }
  return JSON.stringify({
    order,
    requestId: context.requestId,
    keyId: context.credentials?.accessKeyId,
    envKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    hostEnv: process.env.HOME,
    site: process.env.SITE,
    retryCount: context.retryCount,
  });
};`;

export const TRUST = {
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
  ],
};

export const QUEUE = `acs:mns:${REGION}:${ACCOUNT}:/queues/failures/messages`;

const POLICY = {
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action: ['mns:SendMessage'], Resource: ['acs:mns:*:*:/queues/*/messages'] },
  ],
};

/** One secret, a queue for failures, and a role that may do what `policy` says. */
export function officeFleet(policy: typeof POLICY) {
  return {
    accountId: ACCOUNT,
    kmsRegion: REGION,
    regions: [REGION],
    gateways: [],
    customerGateways: [],
    connections: [],
    secrets: [
      {
        name: 'vpn/office',
        versions: [{ versionId: 'v1', labels: ['ACSCurrent'], data: 'example-psk-old' }],
      },
    ],
    roles: [{ name: 'rotate', trust: TRUST, policy }],
    queues: ['failures'],
  };
}

/** With a role and a queue for failures. The functions are as `props` in s.yaml have them. */
export async function startDeployed(
  functions: readonly Readonly<Record<string, unknown>>[],
): Promise<LocalCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-fc-'));
  writeFileSync(join(folder, 'index.mjs'), BUNDLE);
  const local = await startLocalCloud({
    folder,
    fleet: {
      ...officeFleet(POLICY),
      functions: functions.map((one) => ({ code: '.', handler: 'index.handler', ...one })),
    },
  });
  return {
    ...local,
    close: async () => {
      await local.close();
      rmSync(folder, { recursive: true });
    },
  };
}
