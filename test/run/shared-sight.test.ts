/** Lanes of one region that hear of each other's reads: what such a read may and may not be taken for. */
import { expect, test } from 'vitest';
import { groupsOf } from '../../functions/core/groups.ts';
import { after, minutes, seconds } from '../../functions/core/units.ts';
import type { VpnApi } from '../../functions/ports/vpn-api.ts';
import type { Run } from '../../functions/run/context.ts';
import { gatherFleet } from '../../functions/run/gather.ts';
import { Governor } from '../../functions/run/governor.ts';
import type { LaneWatcher } from '../../functions/run/lane-watcher.ts';
import { Locks, Watchers } from '../../functions/run/lanes.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { EngineWorld, REGION } from './engine-world.ts';

interface Lanes {
  readonly run: Run;
  readonly a: LaneWatcher;
  readonly b: LaneWatcher;
  /** From now on answers to listings of connections are kept back; gives what lets the next one go. */
  readonly hold: () => () => void;
}

/** Two lanes whose connections fill less than one page, so that whoever reads one reads both. */
async function twoLanes(story: (lanes: Lanes) => Promise<void>): Promise<void> {
  const world = new EngineWorld(['a', 'b'].map((name) => ({ name, gateway: `vpn-${name}` })));
  await world.run({
    begin: async (run, request) => {
      let held: Promise<void>[] = [];
      const vpn: VpnApi = {
        ...run.ports.vpn,
        async listVpnConnections(query) {
          const kept = held.shift();
          const page = await run.ports.vpn.listVpnConnections(query);
          await kept;
          return page;
        },
      };
      const holding = { ...run, ports: { ...run.ports, vpn } };
      const { fleet } = await gatherFleet(run, [REGION]);
      const governor = new Governor(run.ports.clock, new Map());
      const watchers = new Watchers(holding, { locks: new Locks(), governor, fleet, plans: [] });
      const [a, b] = [...groupsOf(fleet).values()].map((group) => watchers.lane(group));
      if (a === undefined || b === undefined) throw new Error('the world has two lanes');
      const limit = after(run.ports.clock.now(), minutes(1));
      for (const lane of [a, b])
        await lane.quiet({ since: null, limit, prompt: true }, () => undefined);
      const hold = (): (() => void) => {
        let release = (): void => undefined;
        held = [...held, new Promise<void>((resolve) => (release = resolve))];
        return release;
      };
      await story({ run, a, b, hold });
      return planRun(run, request);
    },
  });
}

test('a read serves as the look before a write of every lane that it shows', () =>
  twoLanes(async ({ a, b }) => {
    const read = await a.read();
    expect(read.kind).toBe('ok');
    expect([...(a.beforeWrite()?.connections.keys() ?? [])]).toEqual(['vco-a-0']);
    expect([...(b.beforeWrite()?.connections.keys() ?? [])]).toEqual(['vco-b-0']);
  }));

test('a read that was sent before a write is no look after it, whichever lane asked for it', () =>
  twoLanes(async ({ run, a, b, hold }) => {
    const release = hold();
    const reading = a.read();
    await run.ports.clock.sleep(seconds(1));
    a.wrote();
    b.wrote();
    const limit = after(run.ports.clock.now(), minutes(1));
    // The gateways are seen settled after the write, and only then does the older answer come in.
    for (const lane of [a, b])
      await lane.quiet({ since: null, limit, prompt: true }, () => undefined);
    release();
    const read = await reading;
    expect(read.kind === 'ok' && read.value.settledAt).toBe(null);
    expect(a.beforeWrite()).toBe(null);
    expect(b.beforeWrite()).toBe(null);
    await a.read();
    expect(a.beforeWrite()).not.toBe(null);
    expect(b.beforeWrite()).not.toBe(null);
  }));

test('a read that began earlier and ended later does not take the place of a newer one', () =>
  twoLanes(async ({ run, a, b, hold }) => {
    const { clock } = run.ports;
    const release = hold();
    const slow = a.read();
    await clock.sleep(seconds(1));
    const newer = clock.now();
    await b.read();
    release();
    await slow;
    expect(a.beforeWrite()?.at).toBe(newer);
    const last = await a.sightFrom(newer, after(newer, minutes(1)));
    expect(last.kind === 'ok' && last.value.at).toBe(newer);
  }));
