import type { GroupReport, Report } from '../../functions/core/report.ts';
import { Cloud } from '../../local/cloud.ts';
import type { DirectCall } from '../../local/cloud.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { Call, CallResult } from '../../local/front-door/call.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import type { SecretVersion } from '../../local/kms/state.ts';
import type { Connection, Tunnel, WorldEvent } from '../../local/vpc/model.ts';
import type { Options } from './options.ts';
import { START_MS, drawScenario } from './scenario.ts';
import type { Scenario, Site } from './scenario.ts';

/** How one simulated run ended. */
export interface RunEnd {
  readonly number: number;
  readonly killed: boolean;
  readonly report: Report | null;
  /** Rendered error, where the run threw. */
  readonly error: string | null;
  /** Another run worked at the same time. */
  readonly crowded: boolean;
  readonly purpose: 'rotate' | 'restore';
  readonly writes: number;
  readonly labelMoves: number;
}

/** Who makes the call that is being carried out: a run, a person; null for what happens by itself. */
export type Actor = Sender | 'person' | null;

export interface Sender {
  readonly run: number;
  readonly nonce: string;
  /** Whether it had been asked to stop, or was past its deadline, before it sent this call. */
  readonly stopped: boolean;
}

export interface Seat {
  readonly connection: Connection;
  readonly tunnel: Tunnel;
}

/** The cloud, what was drawn for it, and what the checkers found. */
export class World {
  readonly options: Options;
  readonly scenario: Scenario;
  readonly clock: VirtualClock;
  readonly cloud: Cloud;
  readonly violations: string[] = [];
  /** Everything that simulated processes wrote: log events, reports, errors. */
  readonly output: string[] = [];
  actor: Actor = null;
  /** What people did so far. */
  acts = 0;
  /** How often a far end's people said that they are ready. */
  acknowledgements = 0;
  readonly #keys = new Map<string, ReadonlyMap<string, string>>();

  constructor(options: Options) {
    this.options = options;
    this.scenario = drawScenario(options);
    this.clock = new VirtualClock({ startMs: START_MS, drive: 'auto' });
    this.cloud = new Cloud({
      seed: options.seed,
      now: () => this.clock.now(),
      fleet: this.scenario.fleet,
      switches: options.switches,
    });
  }

  /** `promise` is a number of design §5, or `protocol` for the rules by which they are kept. */
  violate(promise: number | 'protocol', text: string): void {
    const which = promise === 'protocol' ? promise : `promise ${promise}`;
    this.violations.push(`${which}: ${text}`);
  }

  /** Carries a run's call out in its name; what is due by itself happens first, and in nobody's. */
  carryOut(sender: Sender, call: DirectCall): CallResult {
    this.cloud.vpc.events.advance(this.cloud.now());
    this.actor = sender;
    const result = this.cloud.call(call);
    this.actor = null;
    return result;
  }

  siteOf(connectionId: string): Site | null {
    return this.scenario.sites.find((site) => site.connections.includes(connectionId)) ?? null;
  }

  /** The site of a group in a report; its customer gateway may have been replaced. */
  siteOfGroup({ tunnels }: GroupReport): Site | null {
    return this.siteOf(tunnels[0]?.vpnConnectionId ?? '');
  }

  /** What a report says of a site. */
  groupOf(site: Site, { groups }: Report): GroupReport | null {
    return groups.find((group) => this.siteOfGroup(group) === site) ?? null;
  }

  tunnels(site: Site): readonly Seat[] {
    return site.connections.flatMap((id) => {
      const connection = this.cloud.vpc.connections.get(id);
      return connection?.tunnels.map((tunnel) => ({ connection, tunnel })) ?? [];
    });
  }

  seat(connectionId: string, tunnelId: string | null): Seat | null {
    const connection = this.cloud.vpc.connections.get(connectionId);
    const tunnel = connection?.tunnels.find((found) => found.tunnelId === tunnelId);
    return connection === undefined || tunnel === undefined ? null : { connection, tunnel };
  }

  versions(secret: string): readonly SecretVersion[] {
    return this.cloud.kms.secrets.get(secret)?.versions ?? [];
  }

  holder(secret: string, label: string): SecretVersion | null {
    return this.versions(secret).find((version) => version.labels.includes(label)) ?? null;
  }

  /** The texts of all versions of a site's secrets. */
  stored(site: Site): readonly string[] {
    return site.secrets.flatMap((name) => this.versions(name).map((version) => version.data));
  }

  /** False where keys never read back, or did not now and then. */
  keysShown(): boolean {
    const { keyOnRead } = this.options.switches;
    return keyOnRead === 'plain' && !this.cloud.faults.met.has('masked-key');
  }

  /** The version that a secret asks for: the next one, else the current one. */
  wanted(secret: string): SecretVersion | null {
    return this.holder(secret, 'KeyturnNext') ?? this.holder(secret, 'ACSCurrent');
  }

  /** The key that the first of a site's secrets asks for. */
  wantedKey(site: Site): string | null {
    const version = this.wanted(site.secrets[0] ?? '');
    return version === null ? null : this.keyIn(version, site);
  }

  /** The key that a version's document gives a site; null where it is no document for it. */
  keyIn({ data }: SecretVersion, site: Site): string | null {
    const keys = this.#keys.get(data) ?? keysOf(data);
    this.#keys.set(data, keys);
    return keys.get(site.connections[0] ?? '') ?? null;
  }

  /** Puts a label on one version, off every other; null: off every one. */
  label(secretName: string, label: string, versionId: string | null): void {
    const secret = this.cloud.kms.secrets.get(secretName);
    if (secret === undefined) return;
    const versions = secret.versions.map((version) => {
      const labels = version.labels.filter((other) => other !== label);
      return { ...version, labels: version.versionId === versionId ? [...labels, label] : labels };
    });
    replaceVersions(secret, versions, this.clock.now());
  }

  /** Puts label `to` on the version that has `on`, or (`to` null) takes `on` off. */
  relabel(secretName: string, on: string, to: string | null): void {
    const holder = this.holder(secretName, on);
    if (holder === null) return;
    if (to === null) this.label(secretName, on, null);
    else this.label(secretName, to, holder.versionId);
  }
}

function keysOf(data: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  if (!data.startsWith('{')) return keys;
  const { targets = [] } = JSON.parse(data) as { targets?: readonly Record<string, unknown>[] };
  for (const target of targets) {
    const options = target['TunnelOptionsSpecification'] as
      | { TunnelIkeConfig?: { Psk?: unknown } }
      | undefined;
    const key = target['Psk'] ?? options?.TunnelIkeConfig?.Psk;
    if (typeof key === 'string') keys.set(String(target['VpnConnectionId']), key);
  }
  return keys;
}

/** Watches one promise of the design. Reads the cloud's own state, never the engine's word for it. */
export interface Checker {
  onEvent?(event: WorldEvent): void;
  /** Before (result null) and after each call. */
  onCall?(call: Call, result: CallResult | null): void;
  onRunEnd?(end: RunEnd): void;
}

export function attach(world: World, checkers: readonly Checker[]): void {
  const onEvent = checkers.flatMap((checker) => checker.onEvent?.bind(checker) ?? []);
  const onCall = checkers.flatMap((checker) => checker.onCall?.bind(checker) ?? []);
  world.cloud.vpc.observers.push((event) => {
    for (const tell of onEvent) tell(event);
  });
  world.cloud.watchers.push((call, result) => {
    for (const tell of onCall) tell(call, result);
  });
}

/** The parameters of a call, whichever way they travelled. */
export function paramsOf(call: Call): Readonly<Record<string, string | undefined>> {
  return { ...call.form, ...call.query };
}

/** What a write locks: the VPN gateway, or the attachment itself. */
export function laneOf(world: World, connectionId: string): string {
  const home = world.cloud.vpc.connections.get(connectionId)?.home;
  return home?.kind === 'gateway' ? home.vpnGatewayId : connectionId;
}
