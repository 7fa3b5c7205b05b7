import { expect, test } from 'vitest';
import type { Call } from '../../local/front-door/call.ts';
import type { WorldEvent } from '../../local/vpc/model.ts';
import { EngineWorld, verdicts } from './engine-world.ts';
import type { SiteSpec } from './engine-world.ts';

/** Calls and the end of windows, in the order in which they happened. */
function storyOf(world: EngineWorld): readonly { readonly at: number; readonly what: string }[] {
  const story: { at: number; what: string }[] = [];
  world.cloud.vpc.observers.push((event: WorldEvent) => {
    if (event.kind === 'window-closed') story.push({ at: event.at, what: 'settled' });
  });
  world.cloud.watchers.push((call: Call, result) => {
    if (result !== null) story.push({ at: call.now, what: call.action });
  });
  return story;
}

const SITES: readonly SiteSpec[] = ['a', 'b', 'c', 'd'].map((name) => ({ name }));

test('before every write the gateway was seen settled and its connections were read, in that order', async () => {
  const world = new EngineWorld(SITES);
  const story = storyOf(world);
  const report = await world.run();
  expect(new Set(Object.values(verdicts(report)))).toEqual(new Set(['converged rotated']));
  const happened = story.toSorted((a, b) => a.at - b.at);
  const writes = happened.flatMap(({ what }, index) =>
    what === 'ModifyTunnelAttribute' ? [index] : [],
  );
  expect(writes.length).toBe(8);
  for (const write of writes) {
    const settled = happened.findLastIndex(({ what }, at) => at < write && what === 'settled');
    const since = happened.slice(settled + 1, write).map(({ what }) => what);
    const seen = since.indexOf('DescribeVpnGateways');
    expect(seen).toBeGreaterThanOrEqual(0);
    const read = since.lastIndexOf('DescribeVpnConnections');
    expect(read).toBeGreaterThan(seen);
    const last = happened[settled + 1 + read];
    expect((happened[write]?.at ?? 0) - (last?.at ?? 0)).toBeLessThanOrEqual(2_000);
  }
});

test('one read serves read-back, the next look and the proof of the others', async () => {
  const world = new EngineWorld(SITES);
  await world.run();
  const count = (action: string): number =>
    world.calls.filter((call) => call.action === action).length;
  // The gather, the first look at the lane, and one for each write but for those that nobody follows.
  expect(count('DescribeVpnConnections')).toBeLessThanOrEqual(count('ModifyTunnelAttribute') + 4);
});

test('a promotion is three calls, and looks only where one of them is refused', async () => {
  const world = new EngineWorld([{ name: 'a' }]);
  await world.run();
  const kms = world.calls.filter(({ product }) => product === 'kms').map(({ action }) => action);
  expect(kms.filter((action) => action === 'UpdateSecretVersionStage').length).toBe(3);
  expect(kms.filter((action) => action === 'ListSecretVersionIds').length).toBe(1);
  expect(world.labels('a')).toEqual({ ACSCurrent: 'v2', ACSPrevious: 'v1' });
});

test('a newer next version that somebody stored meanwhile keeps its label', async () => {
  const world = new EngineWorld([{ name: 'a' }]);
  let stored = false;
  world.cloud.watchers.push((call, result) => {
    if (stored || result !== null || call.action !== 'UpdateSecretVersionStage') return;
    stored = true;
    world.label('a', 'KeyturnNext', 'v1');
  });
  await world.run();
  expect(stored).toBe(true);
  expect(world.labels('a')['KeyturnNext']).toBe('v1');
});

test('a group is begun when its turn comes: a stop leaves those behind it as if they were not planned', async () => {
  const world = new EngineWorld(SITES);
  const stop = new AbortController();
  const report = await world.run({
    options: { stop: stop.signal },
    onEvent(event) {
      const mine = event.kind === 'step' && event.group.endsWith('cgw-b');
      if (mine && event.phase === 'proving') stop.abort();
    },
  });
  expect(verdicts(report)).toEqual({
    a: 'converged rotated',
    b: 'mixed cancelled',
    c: 'waiting cancelled',
    d: 'waiting cancelled',
  });
  const worked = world.events.flatMap((event) =>
    event.kind === 'group-finished' ? [event.group] : [],
  );
  expect(worked.toSorted()).toEqual(['a', 'b', 'c'].map((site) => `cn-hangzhou/vpn-1/cgw-${site}`));
});

test('slaves of all groups come before the master of any but the canary', async () => {
  const world = new EngineWorld(SITES);
  await world.run();
  const written = world.calls.flatMap(({ action, params }) =>
    action === 'ModifyTunnelAttribute' ? [String(params['TunnelId'])] : [],
  );
  expect(written.slice(2).map((id) => id.split('-').at(-1))).toEqual([
    ...Array.from({ length: 3 }, () => 'slave'),
    ...Array.from({ length: 3 }, () => 'master'),
  ]);
});
