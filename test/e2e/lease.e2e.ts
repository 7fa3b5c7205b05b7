/** A run that is killed keeps the lease until its slot is over, and no longer. */
import { expect, test } from 'vitest';
import type { Call } from '../../local/front-door/call.ts';
import type { LocalCloud } from '../../local/server.ts';
import { cloudOf, invoke, keysOf, killWhen, reportOf, writesOf } from './harness.ts';
import { LEASE, NEW, smallFleet } from './small-fleet.ts';

const LEASED = { environment: { KEYTURN_LEASE_SECRET: LEASE } };
/** A slot and what two clocks may differ by. */
const SLOT_MS = 120_000 + 15_000;

const isSlot =
  (versionId: string) =>
  ({ action, query, form }: Call): boolean =>
    action === 'PutSecretValue' && { ...query, ...form }['VersionId'] === versionId;

/** The outcome of the run that follows, after which every tunnel has its new key. */
async function nextRun(local: LocalCloud): Promise<string> {
  const { outcome } = await reportOf(local, LEASED);
  expect(new Set(Object.values(keysOf(local)))).toEqual(new Set(Object.values(NEW)));
  return outcome;
}

test.each([
  { at: 'its slot is taken', meets: isSlot('lease-1'), lost: false, next: 'converged' },
  {
    at: 'it writes a tunnel',
    meets: ({ action }: Call) => action === 'ModifyTunnelAttribute',
    lost: false,
    next: 'converged',
  },
  { at: 'the end of its slot is lost', meets: isSlot('lease-2'), lost: true, next: 'unchanged' },
])(
  'killed when $at: the next run is deferred, until the slot is over',
  async ({ meets, lost, next }) => {
    const local = await cloudOf(smallFleet());
    await killWhen(local, meets, { ...LEASED, lost });
    const writes = await writesOf(local);
    expect(await invoke(local, LEASED)).toMatchObject({
      error: null,
      report: { outcome: 'deferred', warnings: [{ code: 'lease-held' }] },
    });
    expect(await writesOf(local)).toEqual(writes);
    local.cloud.stepClock(SLOT_MS);
    expect(await nextRun(local)).toBe(next);
  },
);

test.each([
  { at: 'its slot is lost', meets: isSlot('lease-1'), lost: true, next: 'converged' },
  { at: 'its slot is ended', meets: isSlot('lease-2'), lost: false, next: 'unchanged' },
])('killed when $at: the next run goes on at once', async ({ meets, lost, next }) => {
  const local = await cloudOf(smallFleet());
  await killWhen(local, meets, { ...LEASED, lost });
  expect(await nextRun(local)).toBe(next);
});
