/** One site, cut short in every way a run can be: killed at any request, told to stop, out of time. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../functions/core/events.ts';
import { after, durationMs, epochMs } from '../../functions/core/units.ts';
import type { Purpose } from '../../functions/run/prepare.ts';
import type { Switches } from '../../local/switches.ts';
import type { Tunnel } from '../../local/vpc/model.ts';
import { EngineWorld, keyOf, verdicts } from './engine-world.ts';
import type { SiteSpec } from './engine-world.ts';

const SITE: SiteSpec = { name: 'a' };
const OLD = keyOf('a', 'old');
const NEW = keyOf('a', 'new');
/** Promoted before: everything has v2. */
const PROMOTED: SiteSpec = {
  ...SITE,
  live: NEW,
  labels: { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
};

/** Every end to which a run that was killed at some request, and two more runs, come. */
async function endsOf(site: SiteSpec, purpose: Purpose, switches: Partial<Switches>) {
  const whole = new EngineWorld([site], switches);
  await whole.run({ purpose });
  const ends = new Set<string>();
  for (let cut = 1; cut <= whole.calls.length; cut += 1) {
    const world = new EngineWorld([site], switches);
    await world.run({ purpose, killAfter: cut });
    await world.pass();
    await world.run({ purpose });
    await world.pass();
    const last = await world.run({ purpose });
    ends.add(JSON.stringify([last?.outcome, [...new Set(world.keys('a'))], world.labels('a')]));
  }
  return { requests: whole.calls.length, ends: [...ends].map((end) => JSON.parse(end) as unknown) };
}

describe('killed at any request, and run again', () => {
  test.each(['follows', 'stays'] as const)(
    'a rotation ends promoted, where ACSPrevious %s',
    async (previousFollows) => {
      const { requests, ends } = await endsOf(SITE, 'rotate', { previousFollows });
      expect(requests).toBeGreaterThan(15);
      expect(ends).toEqual([['unchanged', [NEW], { ACSCurrent: 'v2', ACSPrevious: 'v1' }]]);
    },
    120_000,
  );

  test.each(['follows', 'stays'] as const)(
    'a restore of what was promoted ends on the version before, where ACSPrevious %s',
    async (previousFollows) => {
      const { requests, ends } = await endsOf(PROMOTED, 'restore', { previousFollows });
      expect(requests).toBeGreaterThan(15);
      const labels = { ACSCurrent: 'v1', ACSPrevious: 'v2', KeyturnHeld: 'v2' };
      expect(ends).toEqual([['unchanged', [OLD], labels]]);
    },
    120_000,
  );

  test('a restore of what was not promoted ends as it was, and held', async () => {
    const { ends } = await endsOf({ ...SITE, live: NEW }, 'restore', {});
    const labels = { ACSCurrent: 'v1', KeyturnNext: 'v2', KeyturnHeld: 'v2' };
    expect(ends).toEqual([['unchanged', [OLD], labels]]);
  }, 120_000);
});

test('a restore that was cut short still brings back what only the record of the rotation knew', async () => {
  const [slave, pfs] = [1, ({ config }: Tunnel) => config.ike.IkePfs];
  const ends = new Set<string>();
  for (let cut = 1, requests = 1; cut <= requests; cut += 1) {
    const world = new EngineWorld([{ ...SITE, nextIke: { IkePfs: 'group5' } }]);
    const first = world.tunnels('a').map(pfs);
    await world.run();
    expect(new Set(world.tunnels('a').map(pfs))).toEqual(new Set(['group5']));
    // Somebody sets a key of his own, so that going back has to save it in a record of its own.
    const tunnel = world.tunnels('a')[slave]!;
    tunnel.config = { ...tunnel.config, ike: { ...tunnel.config.ike, Psk: 'example-psk-drift' } };
    const begun = world.calls.length;
    await world.run({ purpose: 'restore', killAfter: cut });
    requests = Math.max(requests, cut + (world.calls.length - begun === cut ? 1 : 0));
    await world.pass();
    await world.run({ purpose: 'restore' });
    await world.pass();
    await world.run({ purpose: 'restore' });
    expect(world.tunnels('a').map(pfs), `cut after request ${cut}`).toEqual(first);
    const { KeyturnBefore: _record, ...labels } = world.labels('a');
    ends.add(JSON.stringify([world.keys('a'), labels]));
  }
  expect([...ends]).toEqual([
    JSON.stringify([[OLD, OLD], { ACSCurrent: 'v1', KeyturnHeld: 'v2', ACSPrevious: 'v2' }]),
  ]);
}, 120_000);

test('a restore asked for again and again changes nothing further', async () => {
  const world = new EngineWorld([PROMOTED]);
  expect(verdicts(await world.run({ purpose: 'restore' }))).toEqual({ a: 'converged rotated' });
  const writes = () =>
    world.calls.filter(({ action }) => !/^(Describe|List|Get)/.test(action)).length;
  const before = writes();
  for (let again = 0; again < 3; again += 1) {
    expect((await world.run({ purpose: 'restore' }))?.outcome).toBe('unchanged');
  }
  expect(writes()).toBe(before);
  expect(world.keys('a')).toEqual([OLD, OLD]);
});

test('after a restore the nightly run leaves the secret alone, new keys being due or not', async () => {
  const world = new EngineWorld([{ ...PROMOTED, document: { rotateEveryDays: 1 } }]);
  await world.run({ purpose: 'restore' });
  await world.clock.sleep(3 * 86_400_000);
  expect(verdicts(await world.run())).toEqual({ a: 'blocked held' });
  expect(world.keys('a')).toEqual([OLD, OLD]);
  expect(world.labels('a')).not.toHaveProperty('KeyturnNext');
});

describe('told to stop', () => {
  const stopAt = (when: (event: RunEvent) => boolean) => {
    const stop = new AbortController();
    return {
      options: { stop: stop.signal },
      onEvent: (event: RunEvent) => {
        if (when(event)) stop.abort();
      },
    };
  };
  const writing = (event: RunEvent) => event.kind === 'step' && event.phase === 'writing';

  test('while it writes: that tunnel is finished and proven, the next is not begun', async () => {
    const world = new EngineWorld([SITE]);
    const report = await world.run(stopAt(writing));
    expect(verdicts(report)).toEqual({ a: 'mixed cancelled' });
    expect(report?.steps.map(({ result, proof }) => [result, proof])).toEqual([
      ['done', 'proven'],
      ['failed', 'none'],
    ]);
    expect(world.tunnels('a').map(({ role, config }) => [role, config.ike.Psk])).toEqual([
      ['master', OLD],
      ['slave', NEW],
    ]);
    expect(world.up('a')).toBe(true);
    expect(verdicts(await world.run())).toEqual({ a: 'converged rotated' });
    expect(world.labels('a')).toEqual({ ACSCurrent: 'v2', ACSPrevious: 'v1' });
  });

  test('before it writes: nothing is touched', async () => {
    const world = new EngineWorld([SITE]);
    const report = await world.run(stopAt(({ kind }) => kind === 'gathered'));
    expect(verdicts(report)).toEqual({ a: 'waiting cancelled' });
    expect(world.keys('a')).toEqual([OLD, OLD]);
  });

  test('while it puts a group back: that is finished', async () => {
    const world = new EngineWorld([{ ...SITE, farEnd: 'never' }]);
    const restoring = (event: RunEvent) => event.kind === 'step' && event.direction === 'restore';
    expect(verdicts(await world.run(stopAt(restoring)))).toEqual({ a: 'restored restored' });
    expect(world.keys('a')).toEqual([OLD, OLD]);
  });
});

test('out of time after the first tunnel: the next run goes on with the second', async () => {
  const world = new EngineWorld([SITE], { windowSeconds: '30-120' });
  const deadline = after(epochMs(world.clock.now()), durationMs(20_000));
  expect(verdicts(await world.run({ options: { deadline } }))).toEqual({ a: 'mixed out-of-time' });
  expect(new Set(world.keys('a'))).toEqual(new Set([OLD, NEW]));
  expect(verdicts(await world.run())).toEqual({ a: 'converged rotated' });
});

describe('somebody changes a tunnel', () => {
  const change = (world: EngineWorld, role: string, key: string): void => {
    const tunnel = world.tunnels('a').find((found) => found.role === role);
    if (tunnel === undefined) throw new Error(`no ${role}`);
    const ike = { ...tunnel.config.ike, Psk: key };
    Object.assign(tunnel, { config: { ...tunnel.config, ike } });
  };

  test('between two runs: the key that nobody stored is saved before it is overwritten', async () => {
    const world = new EngineWorld([{ ...PROMOTED }]);
    change(world, 'slave', 'example-psk-of-somebody');
    expect(verdicts(await world.run())).toEqual({ a: 'converged rotated' });
    expect(world.keys('a')).toEqual([NEW, NEW]);
    const saved = world.cloud.kms.secrets
      .get('vpn/a')
      ?.versions.find(({ labels }) => labels.includes('KeyturnBefore'));
    expect(saved?.data).toContain('example-psk-of-somebody');
  });
});
