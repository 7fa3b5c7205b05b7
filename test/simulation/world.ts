import { Cloud } from '../../local/cloud.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { Connection, Tunnel } from '../../local/vpc/model.ts';
import type { Purpose } from '../../functions/run/prepare.ts';
import type { Report } from '../../functions/core/report.ts';
import type { Call, CallResult } from '../../local/front-door/call.ts';
import type { WorldEvent } from '../../local/vpc/model.ts';
import type { Options } from './options.ts';
import { drawScenario } from './scenario.ts';
import type { Scenario, Site } from './scenario.ts';

/** How one simulated run ended. */
export interface RunEnd {
  readonly number: number;
  readonly purpose: Purpose;
  readonly killed: boolean;
  readonly report: Report | null;
  /** Rendered error, where the run threw. */
  readonly error: string | null;
  /** Another run worked at the same time. */
  readonly crowded: boolean;
  readonly writes: number;
  readonly labelMoves: number;
}

/** The cloud, what was drawn for it, and what the checkers found. */
export class World {
  readonly options: Options;
  readonly scenario: Scenario;
  readonly clock: VirtualClock;
  readonly cloud: Cloud;
  readonly violations: string[] = [];
  /** How often a person has changed what is wanted. */
  wishes = 0;
  /** Everything that simulated processes wrote: log events, reports, errors. */
  readonly output: string[] = [];

  constructor(options: Options) {
    this.options = options;
    this.scenario = drawScenario(options);
    this.clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1), drive: 'auto' });
    this.cloud = new Cloud({
      seed: options.seed,
      now: () => this.clock.now(),
      fleet: this.scenario.fleet,
      switches: options.switches,
    });
  }

  violate(promise: number, text: string): void {
    this.violations.push(`promise ${promise}: ${text}`);
  }

  siteOf(connectionId: string): Site | null {
    return this.scenario.sites.find((site) => site.connections.includes(connectionId)) ?? null;
  }

  tunnels(site: Site): readonly { readonly connection: Connection; readonly tunnel: Tunnel }[] {
    return site.connections.flatMap((id) => {
      const connection = this.cloud.vpc.connections.get(id);
      return connection?.tunnels.map((tunnel) => ({ connection, tunnel })) ?? [];
    });
  }

  /** The texts of all versions of a site's secret. */
  stored(site: Site): readonly string[] {
    return this.cloud.kms.secrets.get(site.secret)?.versions.map((version) => version.data) ?? [];
  }
}

/** Watches one promise of the design. Reads the cloud's own state, never the engine's word for it. */
export interface Checker {
  readonly promise: number;
  onEvent?(event: WorldEvent): void;
  /** Before (result null) and after each call. */
  onCall?(call: Call, result: CallResult | null): void;
  onRunEnd?(end: RunEnd): void;
  onEnd?(): void;
}

export function attach(world: World, checkers: readonly Checker[]): void {
  world.cloud.vpc.observers.push((event) => {
    for (const checker of checkers) checker.onEvent?.(event);
  });
  world.cloud.watchers.push((call, result) => {
    for (const checker of checkers) checker.onCall?.(call, result);
  });
}
