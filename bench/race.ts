import type { RpcTransport } from '../functions/alicloud/rpc.ts';
import { Cloud } from '../local/cloud.ts';
import { VirtualClock } from '../local/clock.ts';
import type { CloudClock } from '../local/clock.ts';
import type { FaultRule } from '../local/faults.ts';
import type { Switches } from '../local/switches.ts';
import { Life, simulatedTransport } from '../test/simulation/transport.ts';
import type { Estate } from './estate.ts';
import { floorOf } from './floor.ts';
import type { Floor } from './floor.ts';
import { Observer } from './observer.ts';
import { OtherTool, withOtherTool } from './other-tool.ts';

/** What a contestant works with: virtual time, the wire, and what it is to rotate. */
export interface Track {
  readonly clock: CloudClock;
  readonly transport: RpcTransport;
  readonly estate: Estate;
}

/** Somebody who rotates every site of an estate to its new key. */
export interface Contestant {
  /** Ends when the contestant believes to be done; counts the sites that it gave up. */
  run(track: Track): Promise<{ readonly failed: number }>;
}

export interface Race {
  /** Virtual time, ms since the epoch. */
  readonly begunAt: number;
  /** From the start until the contestant has ended and everything it changed is up again. */
  readonly makespanMs: number;
  readonly floor: Floor;
  readonly ratio: number;
  readonly observer: Observer;
  /** Tunnels that have their site's new key in the end. */
  readonly changedTunnels: number;
  readonly failedSites: number;
  /** Throttled answers that the other tool got. */
  readonly otherThrottled: number;
  /** Real time that it took here. */
  readonly realMs: number;
}

/** Writes of one region that the service takes a minute (API page of the quotas, read November 2026). */
export const WRITE_QUOTA = 120;

/** What makes a race other than being alone on a service that always answers, as the documentation has it. */
export interface Weather {
  readonly faults?: readonly FaultRule[];
  /** Writes a minute that another tool of the account makes in every region. */
  readonly otherWrites?: number;
  readonly switches?: Partial<Switches>;
}

/** One contestant on a fresh cloud, in virtual time. */
export async function race(
  contestant: Contestant,
  estate: Estate,
  { faults = [], otherWrites = 0, switches = {} }: Weather = {},
): Promise<Race> {
  const started = Date.now();
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1), drive: 'auto' });
  const { seed } = estate.shape;
  const fleet = otherWrites === 0 ? estate.fleet : withOtherTool(estate.fleet);
  const cloud = new Cloud({ seed, now: () => clock.now(), fleet, switches });
  cloud.faults.set(faults);
  const other = new OtherTool(cloud, fleet.regions, otherWrites);
  const observer = new Observer(cloud, estate, () => other.speaking);
  const transport = simulatedTransport(cloud, new Life(0), (ms) => clock.sleep(ms));
  const begun = clock.now();
  const company = otherWrites === 0 ? null : other.work(clock);
  const { failed } = await contestant.run({ clock, transport, estate });
  const ended = clock.now();
  other.stop();
  await company;
  // What it left behind comes to its end: windows that are still open, tunnels that still negotiate.
  cloud.vpc.events.advance(ended + 10 * 60_000);
  const floor = floorOf(observer.changes, WRITE_QUOTA - otherWrites);
  const makespanMs = Math.max(ended, ...observer.changes.map(({ upAt }) => upAt)) - begun;
  return {
    begunAt: begun,
    makespanMs,
    floor,
    ratio: makespanMs / floor.totalMs,
    observer,
    changedTunnels: changedTunnels(cloud, estate),
    failedSites: failed,
    otherThrottled: other.throttled,
    realMs: Date.now() - started,
  };
}

/** Tunnels that have their site’s new key. */
export function changedTunnels(cloud: Cloud, { sites }: Estate): number {
  let changed = 0;
  for (const site of sites) {
    for (const { vpnConnectionId } of site.links) {
      const tunnels = cloud.vpc.connections.get(vpnConnectionId)?.tunnels ?? [];
      changed += tunnels.filter((tunnel) => tunnel.config.ike.Psk === site.newKey).length;
    }
  }
  return changed;
}
