import { expect, test } from 'vitest';
import { LEASE_SECRET, makeEstate } from '../../bench/estate.ts';
import { expectNothingTwice, expectRotated } from './estate.ts';
import { rotating } from './functions.ts';
import { VirtualAccount } from './virtual-account.ts';

/** One gateway whose twelve changes take about 24 minutes, in a function that has 7. */
const ESTATE = makeEstate({
  seed: 7,
  regions: 1,
  gateways: 1,
  connectionsPerGateway: 6,
  sites: [1, 2, 3],
  windowMs: { min: 60_000, max: 180_000 },
});

function accountOf(
  timeoutSeconds: number,
  extra: Partial<ConstructorParameters<typeof VirtualAccount>[0]> = {},
): VirtualAccount {
  return new VirtualAccount({
    fleet: ESTATE.fleet,
    functions: {
      rotate: {
        handler: rotating,
        timeoutSeconds,
        reservedConcurrency: 1,
        maxAsyncRetryAttempts: 1,
      },
      other: { handler: rotating, timeoutSeconds },
    },
    ...extra,
  });
}

/** Until when the slots of the lease say that somebody holds it, in order. */
const slotsOf = ({ cloud }: VirtualAccount) =>
  (cloud.kms.secrets.get(LEASE_SECRET)?.versions ?? [])
    .filter(({ versionId }) => versionId.startsWith('lease-'))
    .map(({ data }) => {
      const [holder = '', until = ''] = data.split('\n');
      return { holder, until: Date.parse(until) };
    });

test('a run whose time ends goes on in fresh invocations, and nothing is written twice', async () => {
  const account = accountOf(420);
  const ended = await account.fire('rotate');
  expect(ended.length).toBeGreaterThan(3);
  expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'Succeeded'));
  const [runId] = ended.map(({ report }) => report?.runId);
  expect(ended.slice(1).map(({ taskId }) => taskId)).toEqual(
    ended.slice(1).map((_, index) => `${runId}_c${index + 1}`),
  );
  expect(ended.map(({ report }) => report?.outcome)).toEqual([
    ...ended.slice(1).map(() => 'waiting'),
    'converged',
  ]);
  expectRotated(account, ESTATE);
  expectNothingTwice(account, ESTATE);
});

test('delivered twice, it starts nothing twice', async () => {
  const account = accountOf(420);
  account.cloud.faults.set([{ kind: 'repeated-event', chance: [1, 1] }]);
  const ended = await account.fire('rotate');
  expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'Succeeded'));
  expectRotated(account, ESTATE);
  expectNothingTwice(account, ESTATE);
});

test('killed while it works, it is delivered again and goes on', async () => {
  const account = accountOf(420);
  let kills = 0;
  account.cloud.watchers.push((call, result) => {
    if (result === null || kills > 0 || account.writes.length < 3) return;
    if (call.action.startsWith('Modify')) kills += account.cloud.functions.crash('rotate');
  });
  const ended = await account.fire('rotate');
  expect(kills).toBe(1);
  expect(ended[0]).toMatchObject({ status: 'Succeeded', attempts: 2 });
  expect(ended.at(-1)?.report?.outcome).toBe('converged');
  expectRotated(account, ESTATE);
});

test('nobody comes in between: the lease passes from hand to hand', async () => {
  const account = accountOf(420);
  const killedAt = account.clock.now() + 420_000;
  const others: Promise<readonly unknown[]>[] = [];
  account.cloud.watchers.push((_call, result) => {
    // As soon as the lease has been kept for the continuation, another trigger goes off.
    if (result === null || others.length > 0) return;
    if (!slotsOf(account).some(({ holder }) => holder.endsWith('continuation 1'))) return;
    const own = slotsOf(account).filter(({ holder }) => !holder.includes('continuation'));
    expect(Math.max(...own.map(({ until }) => until))).toBeLessThanOrEqual(killedAt);
    others.push(account.fire('other'));
  });
  const ended = await account.fire('rotate');
  expect(others.length).toBe(1);
  expect(ended.filter(({ functionName }) => functionName === 'other')).toMatchObject([
    { report: { outcome: 'deferred', warnings: [{ code: 'lease-held' }] } },
  ]);
  expectRotated(account, ESTATE);
  expectNothingTwice(account, ESTATE);
});

test('without a function that takes it, it stays out of time and says why', async () => {
  const account = accountOf(420, {
    functions: {
      rotate: {
        handler: rotating,
        timeoutSeconds: 420,
        asyncTask: false,
      },
    },
  });
  const [ended, ...more] = await account.fire('rotate');
  // Nobody goes on but Function Compute itself, which tries a failed invocation again.
  expect(more).toEqual([]);
  expect(ended?.attempts).toBeGreaterThan(1);
  expect(account.output.some((line) => line.includes('not-continued'))).toBe(true);
});
