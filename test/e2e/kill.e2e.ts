import { expect, test } from 'vitest';
import type { LocalCloud } from '../../local/server.ts';
import { Prng } from '../../local/prng.ts';
import { cloudOf, invoke, keysOf, labelsOf, reportOf, startFunction, writesOf } from './harness.ts';
import { LEASE, NEW, smallFleet } from './small-fleet.ts';

const isWrite = (action: string): boolean => action.startsWith('Modify');

/** One in every six of the first 36 calls, the same ones every time; an undisturbed run makes more. */
const random = new Prng(20_261_101);
const ANYWHERE = [0, 6, 12, 18, 24, 30].map((first) => random.between(first + 1, first + 6));

/** Kills the function's process as its nth call of a kind is at the cloud; whether there was one. */
async function killAt(local: LocalCloud, nth: number, counts: (action: string) => boolean) {
  let seen = 0;
  const running = startFunction(local);
  local.cloud.watchers.push((call, result) => {
    if (result === null || !counts(call.action)) return;
    seen += 1;
    if (seen === nth) running.process.kill('SIGKILL');
  });
  const { killed } = await running.end;
  local.cloud.watchers.length = 0;
  return killed;
}

async function expectConverged(local: LocalCloud): Promise<void> {
  expect((await reportOf(local)).groups.map(({ verdict }) => verdict)).toEqual([
    'converged',
    'converged',
  ]);
  expect(new Set(Object.values(keysOf(local)))).toEqual(new Set(Object.values(NEW)));
  const { [LEASE]: _slots, ...labels } = await labelsOf(local);
  for (const versions of Object.values(labels)) {
    expect(versions).toMatchObject({ v1: ['ACSPrevious'], v2: ['ACSCurrent'] });
  }
  expect(await reportOf(local)).toMatchObject({ outcome: 'unchanged', steps: [] });
}

test.each([1, 2, 4, 6])('killed after write %i: the next run converges', async (nth) => {
  const local = await cloudOf(smallFleet());
  expect(await killAt(local, nth, isWrite)).toBe(true);
  await expectConverged(local);
});

test.each([1, 3, 5])('killed with write %i lost: the next run converges', async (nth) => {
  const local = await cloudOf(smallFleet());
  local.cloud.faults.set([{ kind: 'reset-before', action: 'ModifyTunnelAttribute', nth }]);
  expect(await killAt(local, nth, isWrite)).toBe(true);
  await expectConverged(local);
});

test.each(ANYWHERE)('killed at call %i: the next run converges', async (nth) => {
  const local = await cloudOf(smallFleet());
  expect(await killAt(local, nth, () => true)).toBe(true);
  await expectConverged(local);
});

test('killed while it moves labels: the next run moves the rest', async () => {
  const local = await cloudOf(smallFleet());
  // A secret is promoted as soon as its own groups have ended, in three calls: these are the last secret's.
  expect(await killAt(local, 5, (action) => action === 'UpdateSecretVersionStage')).toBe(true);
  const writes = await writesOf(local);
  await expectConverged(local);
  expect(await writesOf(local)).toEqual(writes);
});

test('a killed run’s lease keeps the next one out until it ends', async () => {
  const local = await cloudOf(smallFleet());
  const leased = { environment: { KEYTURN_LEASE_SECRET: LEASE } };
  const running = startFunction(local, leased);
  local.cloud.watchers.push((call) => {
    if (call.action === 'ModifyTunnelAttribute') running.process.kill('SIGKILL');
  });
  expect(await running.end).toMatchObject({ killed: true, report: null });
  const writes = await writesOf(local);
  const next = await invoke(local, leased);
  expect(next).toMatchObject({
    error: null,
    report: { outcome: 'deferred', warnings: [{ code: 'lease-held' }] },
  });
  expect(await writesOf(local)).toEqual(writes);
});
