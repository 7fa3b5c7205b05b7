import { expect, test, vi } from 'vitest';
import { groupsOf } from '../../functions/core/groups.ts';
import { after, durationMs, epochMs, minutes } from '../../functions/core/units.ts';
import { gatherFleet } from '../../functions/run/gather.ts';
import { Governor } from '../../functions/run/governor.ts';
import { Locks, Watchers } from '../../functions/run/lanes.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { EngineWorld, REGION, verdicts } from './engine-world.ts';

test('a lane has a way to go while somebody is at work on it: its steps, each of the window that is expected', async () => {
  const ways: number[] = [];
  await new EngineWorld([{ name: 'a' }]).run({
    begin: async (run, request) => {
      const { fleet } = await gatherFleet(run, [REGION]);
      const locks = new Locks();
      const governor = new Governor(run.ports.clock, new Map());
      const watchers = new Watchers(run, { locks, governor, fleet, plans: [] });
      const [group] = groupsOf(fleet).values();
      if (group === undefined) throw new Error('the world has a lane');
      const lane = watchers.lane(group);
      watchers.expect(group.laneId, 3);
      // A change of a minute ago that is found settled at the first look: a window of a minute.
      const now = run.ports.clock.now();
      const since = epochMs(now - minutes(1));
      const limit = after(now, minutes(1));
      await lane.quiet({ since, limit, prompt: false }, () => undefined);
      ways.push(lane.wayToGo());
      await locks.lane(group.laneId).do(() => Promise.resolve(ways.push(lane.wayToGo())));
      watchers.expect(group.laneId, -3);
      await locks.lane(group.laneId).do(() => Promise.resolve(ways.push(lane.wayToGo())));
      return planRun(run, request);
    },
  });
  const [idle, atWork, over] = ways.map((way) => Math.round(way / minutes(1)));
  expect([idle, atWork, over]).toEqual([0, 3, 0]);
  expect(durationMs(ways[0] ?? -1)).toBe(0);
});

test('when a run has ended no lane has steps ahead of it, though a group failed halfway', async () => {
  const ahead = new Map<string, number>();
  const counted = vi.spyOn(Watchers.prototype, 'expect');
  const world = new EngineWorld([
    { name: 'a' },
    { name: 'b', connections: 3, farEnd: 'never' },
    { name: 'c' },
  ]);
  const report = await world.run();
  for (const [laneId, steps] of counted.mock.calls) {
    ahead.set(laneId, (ahead.get(laneId) ?? 0) + steps);
  }
  counted.mockRestore();
  expect(verdicts(report)).toMatchObject({ b: 'restored restored', c: 'converged rotated' });
  expect([...ahead.values()]).toEqual([0]);
});
