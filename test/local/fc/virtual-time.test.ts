/** Function Compute's queue in virtual time, with handlers of this process instead of child processes. */
import { beforeEach, describe, expect, test } from 'vitest';
import { changeOfSecret } from '../../../local/action-trail.ts';
import { Cloud } from '../../../local/cloud.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { readDefinition } from '../../../local/fc/definition.ts';
import type { FunctionSettings } from '../../../local/fc/function.ts';
import { inProcess } from '../../../local/fc/in-process.ts';
import type { InProcessHandler } from '../../../local/fc/in-process.ts';
import type { Switches } from '../../../local/switches.ts';
import { ACCOUNT, QUEUE, REGION, TRUST, officeFleet } from './deployed.ts';

const START = Date.UTC(2026, 10, 1);
const MAY_SEND = {
  Version: '1',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['mns:SendMessage', 'fc:InvokeFunction', 'log:PostLogStoreLogs'],
      Resource: ['acs:mns:*', 'acs:fc:*', 'acs:log:*'],
    },
  ],
};
const NOTHING = {
  Version: '1',
  Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }],
};

let clock: VirtualClock;
let cloud: Cloud;
let handlers: Map<string, InProcessHandler>;
/** What ran: the function's name and event, and how many ran at once. */
let started: { name: string; event: string; retryCount: number; at: number }[];
let atOnce: { now: number; most: number };

beforeEach(build);

function build(): void {
  clock = new VirtualClock({ startMs: START, drive: 'auto' });
  handlers = new Map();
  started = [];
  atOnce = { now: 0, most: 0 };
  const sleep = (ms: number): Promise<void> => clock.sleep(ms);
  cloud = new Cloud({
    seed: 1,
    now: () => clock.now(),
    sleep,
    execute: inProcess({ sleep, handlers }),
    fleet: officeFleet(MAY_SEND),
  });
}

/** A function that works for a minute, or as `work` says. */
function define(
  settings: FunctionSettings,
  work: (order: string, retryCount: number) => Promise<unknown> = () => clock.sleep(60_000),
): void {
  handlers.set(settings.name, async (event, context) => {
    const { retryCount } = context;
    started.push({ name: settings.name, event: event.toString(), retryCount, at: clock.now() });
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    try {
      return await work(event.toString(), retryCount);
    } finally {
      atOnce.now -= 1;
    }
  });
  cloud.functions.register({ timeoutSeconds: 600, ...settings });
}

async function invoke(
  name: string,
  body: string,
  headers: Readonly<Record<string, string>> = { 'x-fc-invocation-type': 'Async' },
): Promise<{ status: number; text: string }> {
  const response = await cloud.callFunction({
    method: 'POST',
    path: `/2023-03-30/functions/${name}/invocations`,
    query: {},
    headers,
    body: Buffer.from(body),
  });
  if (response.kind !== 'answer') throw new Error('no answer');
  return { status: response.status, text: response.body.toString() };
}

const fail = (): Promise<never> => Promise.reject(new Error('no'));

describe('reserved concurrency', () => {
  test('is never exceeded, and whatever waits runs all the same', async () => {
    define({ name: 'shard', reservedConcurrency: 100 });
    for (let count = 0; count < 250; count += 1) await invoke('shard', String(count));
    await cloud.functions.idle();
    expect(atOnce.most).toBe(100);
    expect(new Set(started.map(({ event }) => event)).size).toBe(250);
    // Three waves of a minute, and at most one back-off of four seconds lost between two.
    expect(clock.now() - START).toBeGreaterThanOrEqual(180_000);
    expect(clock.now() - START).toBeLessThan(190_000);
  });

  test('of one serialises what arrives in the same instant', async () => {
    define({ name: 'rotate', reservedConcurrency: 1 });
    await Promise.all(['a', 'b', 'c'].map((event) => invoke('rotate', event)));
    await cloud.functions.idle();
    expect(started).toHaveLength(3);
    expect(atOnce.most).toBe(1);
  });

  test('of others is taken from what the region has for all', async () => {
    define({ name: 'reserved', reservedConcurrency: 298 });
    define({ name: 'plain' });
    const calls = ['a', 'b', 'c'].map((event) => invoke('plain', event, {}));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('a function that fails', () => {
  const failures = { roleName: 'rotate', onFailure: QUEUE } as const;

  test('is tried again as often as it says, then its queue is told', async () => {
    define({ name: 'bad', maxAsyncRetryAttempts: 2, ...failures }, fail);
    await invoke('bad', 'x');
    await cloud.functions.idle();
    expect(started.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
    expect(cloud.functions.tasks.all()).toMatchObject([{ status: 'Failed', attempts: 3 }]);
    expect(cloud.functions.deliveries()).toMatchObject([
      {
        destination: QUEUE,
        delivered: true,
        message: {
          requestContext: { condition: 'UnhandledInvocationError', approximateInvokeCount: 3 },
          requestPayload: 'x',
        },
      },
    ]);
  });

  test.each([
    ['a role that may not', { onFailure: QUEUE }, 'not-allowed'],
    [
      'a queue that is not there',
      { ...failures, onFailure: QUEUE.replace('failures', 'other') },
      'not-there',
    ],
  ])('%s: the message is lost', async (_name, settings, obstacle) => {
    define({ name: 'bad', maxAsyncRetryAttempts: 0, ...settings }, fail);
    await invoke('bad', 'x');
    await cloud.functions.idle();
    expect(cloud.functions.deliveries()).toMatchObject([{ delivered: false, obstacle }]);
  });

  test('succeeds where a retry does', async () => {
    define({ name: 'flaky' }, (_order, retryCount) =>
      retryCount === 0 ? fail() : Promise.resolve('fine'),
    );
    await invoke('flaky', 'x');
    await cloud.functions.idle();
    expect(cloud.functions.tasks.all()).toMatchObject([
      { status: 'Succeeded', attempts: 2, result: 'fine' },
    ]);
  });
});

test('a function that succeeds starts the one that its destination names', async () => {
  const onSuccess = `acs:fc:${REGION}:${ACCOUNT}:functions/next`;
  define({ name: 'first', roleName: 'rotate', onSuccess }, () => Promise.resolve('done'));
  define({ name: 'next' });
  await invoke('first', 'x');
  await cloud.functions.idle();
  expect(started.map(({ name }) => name)).toEqual(['first', 'next']);
  expect(JSON.parse(started[1]?.event ?? '')).toMatchObject({
    requestPayload: 'x',
    responsePayload: 'done',
  });
});

test.each([
  ['rotate', true],
  ['mute', false],
])('the log of a function with the role %s: stored %s', async (roleName, logStored) => {
  cloud.defineRole({ name: 'mute', trust: TRUST, policy: NOTHING });
  define({ name: 'spoken', roleName, logStore: 'project/p/logstore/s' });
  await invoke('spoken', 'x');
  await cloud.functions.idle();
  expect(cloud.functions.invocations()).toMatchObject([{ logStored }]);
});

test('a lost call can still land: the task is there though nobody heard of it', async () => {
  cloud.switches = { ...cloud.switches, lostWrite: 'landsLate' };
  cloud.faults.set([{ kind: 'reset-before', nth: 1 }]);
  define({ name: 'rotate', asyncTask: true });
  const asTask = { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': 'shard_1' };
  await expect(invoke('rotate', 'x', asTask)).rejects.toThrow('no answer');
  await clock.sleep(40_000);
  expect((await invoke('rotate', 'x', asTask)).status).toBe(409);
  await cloud.functions.idle();
  expect(started).toHaveLength(1);
});

test('the same seed gives the same journal, tasks and outcomes, byte for byte', async () => {
  const story = async (): Promise<string> => {
    build();
    define(
      { name: 'shard', reservedConcurrency: 2, roleName: 'rotate', onFailure: QUEUE },
      (order) => clock.sleep(20_000).then(() => (order.endsWith('3') ? fail() : 'done')),
    );
    cloud.faults.set([
      { kind: 'reset-after-applied', chance: [1, 3] },
      { kind: 'repeated-event', chance: [1, 4] },
      { kind: 'killed-instance', chance: [1, 4], delayMs: 5_000 },
    ]);
    for (let count = 0; count < 12; count += 1) await invoke('shard', `${count}`).catch(() => null);
    await cloud.functions.idle();
    const { functions, journal } = cloud;
    const told = [functions.tasks.all(), functions.invocations(), functions.deliveries()];
    return JSON.stringify([journal.read(), ...told]);
  };
  const first = await story();
  expect([...cloud.faults.met.keys()].length).toBe(3);
  expect(await story()).toBe(first);
});

test('a timeout ends the invocation at its second', async () => {
  define({ name: 'slow', timeoutSeconds: 30, maxAsyncRetryAttempts: 0 }, () => clock.sleep(90_000));
  await invoke('slow', 'x');
  await cloud.functions.idle();
  const [task] = cloud.functions.tasks.all();
  expect(task).toMatchObject({ status: 'Failed', error: 'Function time out after 30 seconds' });
  expect((task?.endedAt ?? 0) - (task?.startedAt ?? 0)).toBe(30_000);
});

test('an event that waits longer than its age is dropped', async () => {
  define({ name: 'one', reservedConcurrency: 1, maxAsyncEventAgeInSeconds: 30 });
  await invoke('one', 'a');
  await invoke('one', 'b');
  await cloud.functions.idle();
  expect(started.map(({ event }) => event)).toEqual(['a']);
  expect(cloud.functions.tasks.all().map(({ status }) => status)).toEqual(['Succeeded', 'Expired']);
});

describe('faults of delivery', () => {
  test('repeated-event: the function gets it twice', async () => {
    define({ name: 'rotate' });
    cloud.faults.set([{ kind: 'repeated-event', function: 'rotate', nth: 1 }]);
    await invoke('rotate', 'a');
    await invoke('rotate', 'b');
    await cloud.functions.idle();
    expect(started.map(({ event }) => event).toSorted()).toEqual(['a', 'a', 'b']);
    expect(cloud.faults.met.get('repeated-event')).toBe(1);
  });

  test('killed-instance: it dies in the middle and is tried again', async () => {
    define({ name: 'rotate' });
    cloud.faults.set([{ kind: 'killed-instance', nth: 1, delayMs: 10_000 }]);
    await invoke('rotate', 'a');
    await cloud.functions.idle();
    expect(started.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    expect((started[1]?.at ?? 0) - (started[0]?.at ?? 0)).toBe(10_500);
  });
});

describe('triggers', () => {
  /** As s.yaml has it: not for what the function's own role does. */
  const pattern = {
    source: ['acs.kms'],
    type: ['kms:ActionTrail:ApiCall'],
    data: {
      eventName: ['PutSecretValue', 'UpdateSecretVersionStage'],
      userIdentity: { userName: [{ 'anything-but': { prefix: 'rotate' } }] },
    },
  };

  function deploy(more: Readonly<Record<string, unknown>> = {}): void {
    handlers.set('rotate', (event, context) => {
      const { retryCount } = context;
      const name = 'rotate';
      started.push({ name, event: event.toString(), retryCount, at: clock.now() });
      return Promise.resolve('done');
    });
    const definition = {
      functionName: 'rotate',
      triggers: [
        {
          triggerName: 'nightly',
          triggerType: 'timer',
          triggerConfig: { cronExpression: '0 30 2 * * *', enable: true, payload: '{"n":1}' },
        },
        {
          triggerName: 'kms',
          triggerType: 'eventbridge',
          triggerConfig: {
            triggerEnable: true,
            asyncInvocationType: true,
            eventRuleFilterPattern: JSON.stringify(pattern),
            ...more,
          },
        },
      ],
    };
    cloud.functions.deploy(readDefinition(definition, '.'));
  }

  const kms = (action: string, query: Readonly<Record<string, string>>): void => {
    const result = cloud.call({ product: 'kms', action, regionId: REGION, query, form: {} });
    if (result.kind !== 'answer' || result.status !== 200) throw new Error(`${action} failed`);
  };
  const put = { SecretName: 'vpn/office', VersionId: 'v2', SecretData: 'example-psk-new' };

  test('a timer has its documented envelope', async () => {
    deploy();
    cloud.functions.fireTimer({ functionName: 'rotate', triggerName: 'nightly' });
    await cloud.functions.idle();
    expect(started.map(({ event }) => JSON.parse(event) as unknown)).toEqual([
      { triggerTime: '2026-11-01T00:00:00Z', triggerName: 'nightly', payload: '{"n":1}' },
    ]);
    expect(() => cloud.functions.fireTimer({ functionName: 'rotate', triggerName: 'kms' })).toThrow(
      'has no timer',
    );
  });

  test('a changed secret is an ActionTrail event, without its value', async () => {
    deploy();
    kms('PutSecretValue', put);
    kms('GetSecretValue', { SecretName: 'vpn/office' });
    kms('CreateSecret', { ...put, SecretName: 'vpn/other' });
    await cloud.functions.idle();
    expect(started).toHaveLength(1);
    expect(JSON.parse(started[0]?.event ?? '')).toMatchObject({
      source: 'acs.kms',
      specversion: '1.0',
      type: 'kms:ActionTrail:ApiCall',
      aliyuneventbusname: 'default',
      data: {
        eventName: 'PutSecretValue',
        eventRW: 'Write',
        serviceName: 'Kms',
        referencedResources: { 'ACS::KMS::Secret': ['vpn/office'] },
      },
    });
    expect(started[0]?.event).not.toContain('example-psk');
  });

  test('one that is off is not set off', async () => {
    deploy({ triggerEnable: false });
    kms('PutSecretValue', put);
    await cloud.functions.idle();
    expect(started).toEqual([]);
  });

  const EVENT = { id: 'e1', source: 'ops.example', type: 'x', subject: '', data: { n: 1 } };
  test.each([
    ['single', (text: string) => (JSON.parse(text) as { id: string }).id],
    ['array', (text: string) => (JSON.parse(text) as { id: string }[])[0]?.id],
    ['mns-raw', (text: string) => (JSON.parse(text) as { id: string }).id],
    [
      'array-of-text',
      (text: string) => (JSON.parse((JSON.parse(text) as string[])[0] ?? '') as { id: string }).id,
    ],
    [
      'mns-json',
      (text: string) =>
        (JSON.parse((JSON.parse(text) as { Message: string }).Message) as { id: string }).id,
    ],
  ] as const)('an event can come as %s', async (form, idOf) => {
    deploy();
    cloud.functions.deliver({ functionName: 'rotate', events: [EVENT], form });
    await cloud.functions.idle();
    expect(started.map(({ event }) => idOf(event))).toEqual(['e1']);
  });
});

describe('what is not documented about tasks', () => {
  const asTask = { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': 'shard_1' };
  const HOUR_MS = 3_600_000;

  test.each(['StatefulAsyncInvocationAlreadyExists', 'AsyncTaskAlreadyExists'] as const)(
    'takenTaskId: the code of the 409 is %s',
    async (takenTaskId) => {
      cloud.switches = { ...cloud.switches, takenTaskId };
      define({ name: 'rotate', asyncTask: true });
      expect((await invoke('rotate', 'a', asTask)).status).toBe(202);
      const second = await invoke('rotate', 'b', asTask);
      expect(second.status).toBe(409);
      expect(JSON.parse(second.text)).toMatchObject({ Code: takenTaskId });
    },
  );

  test.each([
    ['hour', 202],
    ['week', 409],
  ] as const)('taskIdRetention: an id is taken for an %s', async (taskIdRetention, status) => {
    cloud.switches = { ...cloud.switches, taskIdRetention };
    define({ name: 'rotate', asyncTask: true });
    await invoke('rotate', 'a', asTask);
    expect((await invoke('rotate', 'b', asTask)).status).toBe(409);
    await cloud.functions.idle();
    await clock.sleep(HOUR_MS);
    expect((await invoke('rotate', 'b', asTask)).status).toBe(status);
  });

  test.each(['present', 'absent'] as const)(
    'taskReturnPayload: what a task returned is %s',
    async (taskReturnPayload) => {
      cloud.switches = { ...cloud.switches, taskReturnPayload };
      define({ name: 'rotate', asyncTask: true }, () => Promise.resolve('done'));
      await invoke('rotate', 'a', asTask);
      await cloud.functions.idle();
      const response = await cloud.callFunction({
        method: 'GET',
        path: '/2023-03-30/functions/rotate/async-tasks/shard_1',
        query: {},
        headers: {},
        body: Buffer.alloc(0),
      });
      if (response.kind !== 'answer') throw new Error('no answer');
      const task = JSON.parse(response.body.toString()) as Record<string, unknown>;
      expect(task['returnPayload']).toBe(taskReturnPayload === 'present' ? 'done' : undefined);
    },
  );
});

describe('ActionTrail events', () => {
  /** The event of a write, signed by a session of the role `rotate`. */
  function eventOf(switches: Partial<Switches>): string {
    cloud.switches = { ...cloud.switches, ...switches };
    const session = cloud.roles.assume({
      roleName: 'rotate',
      service: 'fc.aliyuncs.com',
      sessionName: 'keyturn',
      now: clock.now(),
      lifetimeSeconds: 60,
    });
    const { accessKeyId } = session;
    const call = {
      product: 'kms',
      action: 'PutSecretValue',
      regionId: REGION,
      caller: { accountId: ACCOUNT, accessKeyId, roleName: 'rotate' },
      now: clock.now(),
      requestId: 'request-1',
      sourceIp: '127.0.0.1',
      query: {},
      form: {},
      params: { SecretName: 'vpn/office', VersionId: 'v2', SecretData: 'example-psk-new' },
      operation: null,
      state: null,
      fault: null,
    } as const;
    return JSON.stringify(changeOfSecret(call, cloud.roles, cloud.switches));
  }

  test('secretInEvent: whether it has the value that was written', () => {
    expect(eventOf({ secretInEvent: 'leftOut' })).not.toContain('example-psk-new');
    expect(eventOf({ secretInEvent: 'included' })).toContain('"SecretData":"example-psk-new"');
  });

  test('a role’s session is named role:session', () => {
    expect(eventOf({})).toContain('"userName":"rotate:keyturn"');
  });
});
