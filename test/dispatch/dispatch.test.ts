import { describe, expect, test } from 'vitest';
import { makeEstate } from '../../bench/estate.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import { expectNothingTwice, expectRotated } from './estate.ts';
import { dispatching, rotating } from './functions.ts';
import { VirtualAccount } from './virtual-account.ts';
import type { AccountOptions, Ended } from './virtual-account.ts';

/** Two regions of three gateways, two connections each; the first gateway's sites are one connection each. */
const ESTATE = makeEstate({
  seed: 11,
  regions: 2,
  gateways: 6,
  connectionsPerGateway: 2,
  sites: [1],
  windowMs: { min: 20_000, max: 60_000 },
});

function accountOf(
  extra: Partial<AccountOptions> & {
    readonly timeoutSeconds?: number;
    readonly dispatchSeconds?: number;
  } = {},
): VirtualAccount {
  const { timeoutSeconds = 3_600, dispatchSeconds = 3_600, ...rest } = extra;
  return new VirtualAccount({
    fleet: ESTATE.fleet,
    functions: {
      dispatch: {
        handler: dispatching(4),
        timeoutSeconds: dispatchSeconds,
        reservedConcurrency: 1,
        maxAsyncRetryAttempts: 1,
      },
      rotate: { handler: rotating, timeoutSeconds, reservedConcurrency: 10 },
    },
    ...rest,
  });
}

const shardsIn = (ended: readonly Ended[]) => ended.filter((task) => /_s\d+_/.test(task.taskId));
const canariesIn = (ended: readonly Ended[]) => ended.filter((task) => /_k\d+_/.test(task.taskId));
const reportIn = (ended: readonly Ended[]) =>
  ended.findLast(({ functionName }) => functionName === 'dispatch')?.report;

describe('a dispatch', () => {
  test('has a canary go ahead alone, then everything at once, and gives one report', async () => {
    const account = accountOf();
    const spans = new Map<string, { start: number; end: number }>();
    const ended = await account.fire('dispatch');
    for (const { taskId, startedAt, endedAt } of account.cloud.functions.tasks.all()) {
      spans.set(taskId, { start: startedAt ?? 0, end: endedAt ?? 0 });
    }
    expectRotated(account, ESTATE);
    expectNothingTwice(account, ESTATE);
    const [canary] = canariesIn(ended);
    expect(canariesIn(ended).length).toBe(1);
    const canaryEnd = spans.get(canary?.taskId ?? '')?.end ?? Infinity;
    const starts = shardsIn(ended).map(({ taskId }) => spans.get(taskId)?.start ?? 0);
    expect(starts.length).toBeGreaterThan(1);
    expect(Math.min(...starts)).toBeGreaterThan(canaryEnd);
    const report = reportIn(ended);
    expect(report).toMatchObject({ schema: 'keyturn/report/1', outcome: 'converged' });
    expect(report?.groups.length).toBe(ESTATE.sites.length);
    expect(report?.secrets.map(({ name, promoted }) => [name, promoted])).toEqual(
      ESTATE.sites.map(({ secret }) => [secret, true]),
    );
    expect(report?.steps.length).toBe(ESTATE.tunnels);
  });

  test('once more writes nothing', async () => {
    const account = accountOf();
    await account.fire('dispatch');
    const before = account.writes.length;
    const ended = await account.fire('dispatch');
    expect(reportIn(ended)?.outcome).toBe('unchanged');
    expect(account.writes.length).toBe(before);
  });

  test('where nobody is told what a shard gave back, looks for itself', async () => {
    const account = accountOf({ switches: { taskReturnPayload: 'absent' } });
    const ended = await account.fire('dispatch');
    expectRotated(account, ESTATE);
    const report = reportIn(ended);
    expect(report?.groups.map(({ verdict }) => verdict)).toEqual(
      ESTATE.sites.map(() => 'converged'),
    );
  });

  test('stops after a canary that failed', async () => {
    const account = accountOf();
    for (const { tunnels } of account.cloud.vpc.connections.values()) {
      for (const { farEnd, config } of tunnels) {
        farEnd.policy = 'never';
        farEnd.keys = [config.ike.Psk];
      }
    }
    await account.fire('dispatch');
    const tasks = account.cloud.functions.tasks.all();
    expect(tasks.filter(({ taskId }) => /_s\d+_/.test(taskId)).length).toBe(0);
    expect(new Set(account.writes).size).toBeLessThanOrEqual(4);
    const [task] = tasks.filter(({ functionName }) => functionName === 'dispatch');
    expect(task).toMatchObject({ status: 'Failed' });
    expect(task?.error).toContain('canary-failed');
  });
});

test('says which secrets run out of versions, though shards do not list them', async () => {
  const account = accountOf();
  const name = ESTATE.sites.at(-1)?.secret ?? '';
  const secret = account.cloud.kms.secrets.get(name);
  const [one] = secret?.versions ?? [];
  if (secret === undefined || one === undefined) throw new Error('no secret');
  const more = Array.from({ length: 6 }, (_, n) => ({ ...one, versionId: `old-${n}`, labels: [] }));
  replaceVersions(secret, [...secret.versions, ...more], account.clock.now());
  const listed: string[] = [];
  account.cloud.watchers.push((call, result) => {
    if (result === null && call.action === 'ListSecretVersionIds') {
      listed.push({ ...call.form, ...call.query }['SecretName'] ?? '');
    }
  });
  const ended = await account.fire('dispatch');
  expectRotated(account, ESTATE);
  const low = reportIn(ended)?.warnings.filter(({ code }) => code === 'versions-low');
  expect(low).toEqual([{ code: 'versions-low', detail: `${name}: room for 2` }]);
  expect(listed.filter((one) => one === name).length).toBe(1);
});

test('sixty shards that begin to read are not told to slow down', async () => {
  const size = { regions: 60, gateways: 60, connectionsPerGateway: 1 };
  const windowMs = { min: 10_000, max: 60_000 };
  const wide = makeEstate({ ...ESTATE.shape, ...size, windowMs });
  const limits = { timeoutSeconds: 3_600, reservedConcurrency: 100 };
  const account = accountOf({
    fleet: wide.fleet,
    functions: {
      dispatch: { handler: dispatching(100), ...limits },
      rotate: { handler: rotating, ...limits },
    },
  });
  let refused = 0;
  account.cloud.watchers.push((_call, result) => {
    if (result?.kind === 'answer' && result.status === 429) refused += 1;
  });
  const ended = await account.fire('dispatch');
  expect(shardsIn(ended).length).toBe(60 - 1);
  expect(refused).toBe(0);
  expectRotated(account, wide);
  expectNothingTwice(account, wide);
});

describe('delivered again, or killed', () => {
  test('everything twice: nothing is started or written twice', async () => {
    const account = accountOf();
    account.cloud.faults.set([
      { kind: 'repeated-event', function: 'dispatch', chance: [1, 1] },
      { kind: 'duplicate-delivery', action: 'InvokeFunction', chance: [1, 1] },
    ]);
    const ended = await account.fire('dispatch');
    expectRotated(account, ESTATE);
    expectNothingTwice(account, ESTATE);
    const ran = account.cloud.functions.invocations().map(({ functionName }) => functionName);
    const shards = ended.filter(({ functionName }) => functionName === 'rotate');
    expect(ran.filter((name) => name === 'rotate').length).toBe(shards.length);
    expect(ran.filter((name) => name === 'dispatch').length).toBe(2);
  });

  test('every shard delivered twice, at work beside itself: all converges', async () => {
    const account = accountOf();
    account.cloud.faults.set([{ kind: 'repeated-event', function: 'rotate', chance: [1, 1] }]);
    const ended = await account.fire('dispatch');
    expectRotated(account, ESTATE);
    const groups = account.output.filter((line) => line.includes('"group-finished"'));
    expect(groups.filter((line) => /restored|held|mixed/.test(line))).toEqual([]);
    expect(reportIn(ended)?.groups.map(({ verdict }) => verdict)).toEqual(
      ESTATE.sites.map(() => 'converged'),
    );
  });

  test.each([3, 9, 15, 21])('the dispatcher at write %i: its shards go on', async (nth) => {
    const account = accountOf();
    let kills = 0;
    account.cloud.watchers.push((call, result) => {
      if (result === null || kills > 0 || account.writes.length < nth) return;
      if (call.action.startsWith('Modify')) kills = account.cloud.functions.crash('dispatch');
    });
    const ended = await account.fire('dispatch');
    expect(kills).toBe(1);
    expectRotated(account, ESTATE);
    expectNothingTwice(account, ESTATE);
    expect(reportIn(ended)?.outcome).toBe('converged');
    expect(shardsIn(ended).every(({ attempts }) => attempts === 1)).toBe(true);
  });

  test.each([2, 8, 14])('every shard at work at write %i: nothing is lost', async (nth) => {
    const account = accountOf();
    let kills = 0;
    account.cloud.watchers.push((call, result) => {
      if (result === null || kills > 0 || account.writes.length < nth) return;
      if (call.action.startsWith('Modify')) kills = account.cloud.functions.crash('rotate');
    });
    const ended = await account.fire('dispatch');
    expect(kills).toBeGreaterThan(0);
    expectRotated(account, ESTATE);
    expect(reportIn(ended)?.groups.map(({ verdict }) => verdict)).toEqual(
      ESTATE.sites.map(() => 'converged'),
    );
  });

  test('shards and dispatcher whose time ends hand on what is left', async () => {
    const account = accountOf({ timeoutSeconds: 140, dispatchSeconds: 150 });
    const ended = await account.fire('dispatch');
    expectRotated(account, ESTATE);
    expect(ended.some(({ taskId }) => /_s\d+_[0-9a-f]+_c1$/.test(taskId))).toBe(true);
    expect(ended.filter(({ functionName }) => functionName === 'dispatch').length).toBeGreaterThan(
      1,
    );
    expect(reportIn(ended)?.outcome).toBe('converged');
  });
});
