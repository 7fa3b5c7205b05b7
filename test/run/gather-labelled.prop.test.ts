import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LABELS, aimOf, holderOf } from '../../functions/core/versions.ts';
import type { Run } from '../../functions/run/context.ts';
import { gatherSecret } from '../../functions/run/gather.ts';
import type { GatheredSecret } from '../../functions/run/gather.ts';
import { parseInstant } from '../../functions/run/iso-time.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import { EngineWorld } from './engine-world.ts';

const VERSIONS = ['v1', 'v2', 'v3', 'v4'] as const;
const version = fc.constantFrom(...VERSIONS);
const anywhere = fc.option(version, { nil: null });
const placement = fc.record({
  [LABELS.current]: version,
  [LABELS.next]: anywhere,
  [LABELS.peerReady]: anywhere,
  [LABELS.previous]: anywhere,
  // Seldom, or hardly any secret would be in its usual state.
  [LABELS.held]: fc.option(version, { nil: null, freq: 1 }),
  [LABELS.before]: fc.option(version, { nil: null, freq: 1 }),
});
type Placement = Readonly<Record<string, string | null>>;

/** What a shard gathers of a secret whose labels are so, what any other run does, and the calls of the shard. */
async function gathered(labels: Placement) {
  const world = new EngineWorld([{ name: 'a' }]);
  const secret = world.cloud.kms.secrets.get('vpn/a');
  const [one] = secret?.versions ?? [];
  if (secret === undefined || one === undefined) throw new Error('the world has no secret');
  const versions = VERSIONS.map((versionId, index) => ({
    ...one,
    versionId,
    createdAt: one.createdAt + index * 1_000,
    labels: Object.keys(labels).filter((label) => labels[label] === versionId),
  }));
  replaceVersions(secret, versions, world.clock.now());
  const found: GatheredSecret[] = [];
  const actions: string[] = [];
  await world.run({
    begin: async (run: Run, request) => {
      const shard = { ...run, options: { ...run.options, rateShare: new Map([['kms', 0.01]]) } };
      const before = world.calls.length;
      found.push(await gatherSecret(shard, 'vpn/a', false));
      actions.push(...world.calls.slice(before).map(({ action }) => action));
      found.push(await gatherSecret(run, 'vpn/a', false));
      return planRun(run, request);
    },
  });
  return { found, actions, now: world.clock.now() };
}

/** Everything that a run decides on. */
function decided(secret: GatheredSecret | undefined, now: number) {
  if (secret?.kind !== 'snapshot') return secret;
  const { snapshot } = secret;
  const labels = [LABELS.current, LABELS.next, LABELS.held, LABELS.before];
  const aim = aimOf(snapshot, now as never, parseInstant);
  return { aim, before: snapshot.before, holders: labels.map((one) => holderOf(snapshot, one)) };
}

test('a shard that reads labels decides as one that lists versions', async () => {
  await fc.assert(
    fc.asyncProperty(placement, async (labels) => {
      const { found, now } = await gathered(labels);
      const [shard, other] = found;
      expect(decided(shard, now)).toEqual(decided(other, now));
    }),
    { numRuns: 60 },
  );
});

test('in the usual state it lists nothing', async () => {
  const usual = { [LABELS.current]: 'v1', [LABELS.next]: 'v2' };
  expect((await gathered(usual)).actions).toEqual(Array(4).fill('GetSecretValue'));
  const saved = { ...usual, [LABELS.before]: 'v3', [LABELS.previous]: 'v1' };
  expect((await gathered(saved)).actions).toEqual(Array(4).fill('GetSecretValue'));
});

test.each([
  ['nothing is next', { [LABELS.current]: 'v1' }],
  ['the next version is current already', { [LABELS.current]: 'v2', [LABELS.next]: 'v2' }],
  ['a version is held', { [LABELS.current]: 'v1', [LABELS.next]: 'v2', [LABELS.held]: 'v3' }],
])('where %s, the list tells', async (_what, labels) => {
  expect((await gathered(labels)).actions).toContain('ListSecretVersionIds');
});
