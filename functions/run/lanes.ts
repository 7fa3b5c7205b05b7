import type { GroupPlan } from '../core/group-plan.ts';
import type { Group } from '../core/groups.ts';
import type { Fleet } from '../core/fleet.ts';
import { durationMs } from '../core/units.ts';
import type { DurationMs } from '../core/units.ts';
import type { Run } from './context.ts';
import type { Governor } from './governor.ts';
import { LaneLock } from './lane-lock.ts';
import { LaneWatcher } from './lane-watcher.ts';
import { LearnedWindows } from './learned-windows.ts';
import { Serial } from './serial.ts';
import { RegionWatcher } from './watch.ts';

/**
 * The locks of a run. A lane is what the service locks while it configures (the VPN gateway, or an
 * attachment); a connection is held from before its write until its proof, so that its two tunnels are
 * never in doubt at once. Whoever holds a lane never waits for a connection, so they cannot deadlock.
 */
export class Locks {
  readonly #lanes = new Map<string, LaneLock>();
  readonly #connections = new Map<string, Serial>();

  lane(laneId: string): LaneLock {
    return serialAt(this.#lanes, laneId, () => new LaneLock());
  }

  connection(regionId: string, vpnConnectionId: string): Serial {
    return serialAt(this.#connections, `${regionId}/${vpnConnectionId}`, () => new Serial());
  }
}

function serialAt<S extends Serial>(map: Map<string, S>, key: string, make: () => S): S {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** The watchers of a run: one a region, and over it one a lane. */
export class Watchers {
  readonly #run: Run;
  readonly #locks: Locks;
  readonly #governor: Governor;
  readonly #sizes = new Map<string, { gateways: number; connections: number }>();
  readonly #byRegion = new Map<string, RegionWatcher>();
  readonly #byLane = new Map<string, LaneWatcher>();
  readonly #learned = new LearnedWindows();
  /** Steps that are still to be taken, by lane. */
  readonly #ahead = new Map<string, number>();

  constructor(
    run: Run,
    world: {
      readonly locks: Locks;
      readonly governor: Governor;
      readonly fleet: Fleet;
      readonly plans: readonly GroupPlan[];
    },
  ) {
    this.#run = run;
    this.#locks = world.locks;
    this.#governor = world.governor;
    for (const { regionId } of world.fleet.gateways) this.#sizeOf(regionId).gateways += 1;
    for (const { regionId } of world.fleet.connections) this.#sizeOf(regionId).connections += 1;
    for (const { group, steps, verdict } of world.plans) {
      if (verdict === 'ready') this.expect(group.laneId, steps.length);
    }
  }

  /** Counts steps that are to come, or (below 0) that were taken. */
  expect(laneId: string, steps: number): void {
    this.#ahead.set(laneId, Math.max(0, (this.#ahead.get(laneId) ?? 0) + steps));
  }

  lane({ laneId, regionId, vpnGatewayId, members }: Group): LaneWatcher {
    const found = this.#byLane.get(laneId);
    if (found !== undefined) return found;
    const lock = this.#locks.lane(laneId);
    const made = new LaneWatcher(this.#run, {
      holder:
        vpnGatewayId === null
          ? {
              kind: 'attachment',
              vpnConnectionId: members[0]?.connection.vpnConnectionId ?? '',
            }
          : { kind: 'gateway', vpnGatewayId },
      region: this.#region(regionId),
      busy: () => !lock.quiet,
      steps: () => this.#ahead.get(laneId) ?? 0,
      turn: (call) => this.#governor.gate(regionId, call).turn(this.#ahead.get(laneId) ?? 0),
    });
    lock.onIdle = () => made.wake();
    this.#byLane.set(laneId, made);
    return made;
  }

  #region(regionId: string): RegionWatcher {
    const found =
      this.#byRegion.get(regionId) ??
      new RegionWatcher(this.#run, regionId, {
        sizes: this.#sizeOf(regionId),
        writesWait: () => this.#governor.gate(regionId, 'ModifyTunnelAttribute').wait(),
        learned: this.#learned,
        longestWay: () => this.#longestWay(),
      });
    this.#byRegion.set(regionId, found);
    return found;
  }

  #longestWay(): DurationMs {
    let longest = durationMs(0);
    for (const lane of this.#byLane.values()) {
      const way = lane.wayToGo();
      if (way > longest) longest = way;
    }
    return longest;
  }

  #sizeOf(regionId: string): { gateways: number; connections: number } {
    const found = this.#sizes.get(regionId) ?? { gateways: 0, connections: 0 };
    this.#sizes.set(regionId, found);
    return found;
  }
}
