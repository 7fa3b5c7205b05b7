/** What people do with their policies against what was deployed, and that none of their actions is too much. */
import { Readable } from 'node:stream';
import fc3 from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { expect, test } from 'vitest';
import { createClouds } from '../../functions/alicloud/index.ts';
import type { Outcome } from '../../functions/core/failure.ts';
import type { LocalCloud } from '../../local/server.ts';
import { assume, labelsOf } from '../e2e/harness.ts';
import type { Credentials } from '../e2e/harness.ts';
import { REGION } from '../e2e/small-fleet.ts';
import { deploy } from './deploy.ts';
import { filled, placeholdersOf, readTemplate } from './template.ts';
import type { Variables } from './template.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const VARS = readTemplate('s.yaml', { KEYTURN_SECRET_PREFIX: 'vpn/' })['vars'] as Variables;
const PLACEHOLDERS = { ...placeholdersOf(VARS), secretName: 'vpn/beta' };
const FUNCTION = 'keyturn-rotate';
/** Log Service has no place in the local cloud. */
const NOT_CALLED = ['log:GetLogStoreLogs'];
const SOON = new RuntimeOptions({ readTimeout: 60_000, connectTimeout: 60_000 });

const policyOf = (name: string) => filled(`${name}.policy.json`, PLACEHOLDERS) as Policy;

function functionsFor(local: LocalCloud, key: Credentials) {
  const client = new fc3.default(
    new $OpenApiUtil.Config({
      ...key,
      protocol: 'http',
      endpoint: new URL(local.fc).host,
    }),
  );
  return {
    start: (taskId: string) =>
      client.invokeFunctionWithOptions(
        FUNCTION,
        new fc3.InvokeFunctionRequest({
          body: Readable.from([Buffer.from('{"secrets":["vpn/beta"],"reason":"CHG-1"}')]),
        }),
        new fc3.InvokeFunctionHeaders({ xFcInvocationType: 'Async', xFcAsyncTaskId: taskId }),
        SOON,
      ),
    stop: (taskId: string) =>
      client.stopAsyncTask(FUNCTION, taskId, new fc3.StopAsyncTaskRequest({})),
    look: (taskId: string) =>
      client.getAsyncTask(FUNCTION, taskId, new fc3.GetAsyncTaskRequest({})),
    list: () => client.listAsyncTasks(FUNCTION, new fc3.ListAsyncTasksRequest({})),
  };
}

function secretsFor(local: LocalCloud, key: Credentials) {
  const endpoint = { protocol: 'http', host: new URL(local.kms).host } as const;
  return createClouds({
    region: REGION,
    vpcEndpoint: endpoint,
    kmsEndpoint: endpoint,
    credentials: () => key,
    tunnelOptionsInBody: false,
    requestTimeoutMs: 5_000,
    countCall: () => undefined,
  }).secrets;
}

async function granted(call: Promise<Outcome<unknown>>): Promise<void> {
  const { kind } = await call;
  if (kind !== 'ok') throw new Error(kind);
}

/** What each of them does in the course of their work. */
const JOBS: Readonly<Record<string, (local: LocalCloud, key: Credentials) => Promise<void>>> = {
  'keyturn-operator-start': async (local, key) => {
    const { start, stop } = functionsFor(local, key);
    await start('by_hand');
    await stop('by_hand');
  },
  'keyturn-operator-look': async (local, key) => {
    const { look, list } = functionsFor(local, key);
    await functionsFor(local, local).start('somebody_s');
    await look('somebody_s');
    await list();
    await granted(secretsFor(local, key).listVersions('vpn/alpha'));
  },
  'keyturn-far-end': async (local, key) => {
    const secrets = secretsFor(local, key);
    await granted(secrets.listVersions('vpn/beta'));
    await granted(secrets.readVersion('vpn/beta', 'v2'));
    const ready = { name: 'vpn/beta', label: 'KeyturnPeerReady', to: 'v2' };
    await granted(secrets.moveLabel(ready));
  },
};

async function work(name: string, policy: Policy): Promise<string> {
  const local = await deploy({ file: 's.yaml' });
  const key = await assume(local, policy);
  try {
    await JOBS[name]?.(local, key);
    return 'done';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

test.each(Object.keys(JOBS))('%s is enough for its job', async (name) => {
  expect(await work(name, policyOf(name))).toBe('done');
});

const parts = Object.keys(JOBS).flatMap((name) =>
  policyOf(name)
    .Statement.flatMap(({ Action }) => Action)
    .filter((action) => !NOT_CALLED.includes(action))
    .map((action) => ({ name, action })),
);

test.each(parts)('$name without $action is not', async ({ name, action }) => {
  const { Statement, ...rest } = policyOf(name);
  const less = Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((candidate) => candidate !== action),
  })).filter(({ Action }) => Action.length > 0);
  expect(await work(name, { ...rest, Statement: less })).toMatch(
    /denied|AccessDenied|not authorized/,
  );
});

test('the far end sets a label of its own secret alone', async () => {
  const local = await deploy({ file: 's.yaml' });
  const secrets = secretsFor(local, await assume(local, policyOf('keyturn-far-end')));
  const before = await labelsOf(local);
  const other = { name: 'vpn/alpha', label: 'KeyturnPeerReady', to: 'v2' };
  expect((await secrets.moveLabel(other)).kind).toBe('denied');
  expect((await secrets.readVersion('vpn/alpha', 'v2')).kind).toBe('denied');
  expect(await labelsOf(local)).toEqual(before);
});
