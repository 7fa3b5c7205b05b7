/**
 * Kills the built function at every write it makes, once with the write obeyed and once with it lost on its
 * way, and at random calls; then runs it again. Both for a rotation that goes well and for one that fails.
 */
import { afterAll, expect, test } from 'vitest';
import type { Call } from '../../local/front-door/call.ts';
import { Prng } from '../../local/prng.ts';
import type { LocalCloud } from '../../local/server.ts';
import {
  cloudOf,
  invoke,
  keysOf,
  killWhen,
  labelsOf,
  reportIn,
  startInstance,
  steer,
  writesOf,
} from './harness.ts';
import type { Instance } from './harness.ts';
import { watchPromises } from './promises-kept.ts';
import {
  LAST_MASTER,
  LATE,
  SITES,
  keysOfSite,
  newKeyOf,
  oldKeyOf,
  wideFleet,
} from './wide-fleet.ts';

const FATES = ['obeyed', 'lost'] as const;

/** Where a process is killed. */
interface Place {
  readonly write: string;
  /** So many calls later, of whatever kind. */
  readonly later: number;
  readonly fate: (typeof FATES)[number];
}

const WRITES: ReadonlySet<string> = new Set([
  'ModifyTunnelAttribute',
  'PutSecretValue',
  'UpdateSecretVersionStage',
]);

/** How many runs after the killed one may be needed. */
const RUNS_TO_CONVERGE = 1;
const RUNS_TO_RESTORE = 2;
/** Attempts side by side: each one mostly waits for its own small cloud. */
const AT_ONCE = 10;
/** That cloud shows statuses as they are. */
const AS_THEY_ARE = { KEYTURN_STATUS_LAG_MS: '20' };
const RANDOM_CALLS = 16;

/** Names every call by what it does to what, and by how often that was done before. */
function naming(): (call: Call) => string {
  const seen = new Map<string, number>();
  return ({ action, query, form }) => {
    const given = { ...query, ...form };
    const names = ['SecretName', 'VersionStage', 'VpnConnectionId', 'TunnelId', 'PageNumber'];
    const name = [action, ...names.flatMap((one) => given[one] ?? [])].join(' ');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  };
}

/** Every write of an undisturbed run, in order. How many reads are between them depends on the machine. */
async function writesOfOneRun(lateKnowsKey: boolean): Promise<readonly string[]> {
  const local = await cloudOf(wideFleet({ lateKnowsKey }));
  const writes: string[] = [];
  const nameOf = naming();
  local.cloud.watchers.push((call, result) => {
    if (result === null && WRITES.has(call.action)) writes.push(nameOf(call));
  });
  await invoke(local, { environment: AS_THEY_ARE });
  await local.close();
  return writes;
}

/** Whether the call that arrives is the place's. */
function meets({ write, later }: Place): (arrived: Call) => boolean {
  const nameOf = naming();
  let passed = -1;
  return (arrived) => {
    if (passed >= 0 || nameOf(arrived) === write) passed += 1;
    return passed === later;
  };
}

/** Runs until it is so, so many times at the most; how many it took. */
async function runUntil(
  instance: Instance,
  most: number,
  expectIt: () => Promise<void>,
): Promise<number> {
  for (let runs = 1; ; runs += 1) {
    reportIn(await instance.invoke());
    try {
      await expectIt();
      return runs;
    } catch (error) {
      if (runs >= most) throw error;
    }
  }
}

async function expectConverged(local: LocalCloud): Promise<void> {
  for (const site of SITES) expect(keysOfSite(local, site)).toEqual(new Set([newKeyOf(site)]));
  const labels = await labelsOf(local);
  for (const site of SITES) {
    expect(labels[`vpn/${site}`]).toMatchObject({ v1: ['ACSPrevious'], v2: ['ACSCurrent'] });
  }
}

/** What the killed run had done, no run after it does again. */
async function expectNothingTwice(local: LocalCloud): Promise<void> {
  const accepted = (await writesOf(local)).filter(({ status }) => status === 200);
  expect(accepted.length).toBe(Object.keys(keysOf(local)).length);
}

/** The failed group is as it was, and its version is held. */
async function expectRestored(local: LocalCloud): Promise<void> {
  expect(keysOfSite(local, LATE)).toEqual(new Set([oldKeyOf(LATE)]));
  expect((await labelsOf(local))[`vpn/${LATE}`]).toMatchObject({
    v1: ['ACSCurrent'],
    v2: ['KeyturnNext', 'KeyturnHeld'],
  });
}

/** What a person does then: sees to it that the far end takes the key, and takes the label off. */
async function mend(local: LocalCloud): Promise<void> {
  await steer(local, '/far-end', { ...LAST_MASTER, policy: 'follows' });
  const answer = local.cloud.call({
    product: 'kms',
    action: 'UpdateSecretVersionStage',
    regionId: 'cn-hangzhou',
    query: { SecretName: `vpn/${LATE}`, VersionStage: 'KeyturnHeld', RemoveFromVersion: 'v2' },
    form: {},
  });
  expect(answer).toMatchObject({ kind: 'answer', status: 200 });
}

/** One kill and what comes after it; how many runs that took. */
async function attempt(place: Place, lateKnowsKey: boolean): Promise<number> {
  const local = await cloudOf(wideFleet({ lateKnowsKey }));
  const breaches = watchPromises(local);
  const lost = place.fate === 'lost';
  await killWhen(local, meets(place), { environment: AS_THEY_ARE, lost });
  expect(breaches()).toEqual([]);
  const next = startInstance(local, AS_THEY_ARE);
  let runs = 0;
  if (!lateKnowsKey) {
    runs = await runUntil(next, RUNS_TO_RESTORE, () => expectRestored(local));
    await mend(local);
  }
  const more = await runUntil(next, RUNS_TO_CONVERGE, () => expectConverged(local));
  expect(reportIn(await next.invoke())).toMatchObject({ outcome: 'unchanged', steps: [] });
  expect(breaches()).toEqual([]);
  if (lateKnowsKey) await expectNothingTwice(local);
  await next.end();
  await local.close();
  return lateKnowsKey ? more : runs;
}

const summary: string[] = [];
/** The figures that docs/safety.md states. */
afterAll(() => void process.stdout.write(`${summary.join('\n')}\n`));

/** Tries every place; gives those where something broke, with what did. */
async function everywhere(
  title: string,
  places: readonly Place[],
  lateKnowsKey: boolean,
): Promise<readonly string[]> {
  const left = [...places];
  const broken: string[] = [];
  const runs = new Map<number, number>();
  const work = async (): Promise<void> => {
    for (let place = left.shift(); place !== undefined; place = left.shift()) {
      try {
        const taken = await attempt(place, lateKnowsKey);
        runs.set(taken, (runs.get(taken) ?? 0) + 1);
      } catch (error) {
        broken.push(`${JSON.stringify(place)}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const counts = [...runs].sort(([a], [b]) => a - b).map(([taken, times]) => `${times} × ${taken}`);
  summary.push(`${title}: ${places.length} kills; further runs needed: ${counts.join(', ')}`);
  return broken;
}

const TIMEOUT_MS = 30 * 60_000;

test.each([
  { path: 'a rotation that goes well', lateKnowsKey: true },
  { path: 'a rotation that fails and is put back', lateKnowsKey: false },
])(
  'killed at every write of $path',
  async ({ path, lateKnowsKey }) => {
    const writes = await writesOfOneRun(lateKnowsKey);
    const steps = writes.filter((name) => name.startsWith('Modify'));
    expect(steps.length).toBeGreaterThanOrEqual(20);
    expect(new Set(writes.map((name) => name.split(' ')[0]))).toEqual(WRITES);
    const places = writes.flatMap((write) => FATES.map((fate) => ({ write, later: 0, fate })));
    const title = `${path}, ${writes.length} writes of which ${steps.length} to tunnels`;
    expect(await everywhere(title, places, lateKnowsKey)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'killed at random calls, reads as well',
  async () => {
    const random = new Prng(20_261_126);
    for (const lateKnowsKey of [true, false]) {
      // After the last few writes there may be no further call.
      const writes = (await writesOfOneRun(lateKnowsKey)).slice(0, -5);
      const places = Array.from({ length: RANDOM_CALLS / 2 }, () => ({
        write: writes[random.between(0, writes.length - 1)] ?? '',
        later: random.between(1, 3),
        fate: random.pick(FATES),
      }));
      const title = `random calls, ${lateKnowsKey ? 'a rotation that goes well' : 'one that fails'}`;
      expect(await everywhere(title, places, lateKnowsKey)).toEqual([]);
    }
  },
  TIMEOUT_MS,
);
