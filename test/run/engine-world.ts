/** The real engine against the local cloud in one process, in virtual time: a fleet of sites, run by run. */
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import type { RunEvent } from '../../functions/core/events.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import type { Report } from '../../functions/core/report.ts';
import { RUN_DEFAULTS } from '../../functions/run/context.ts';
import type { RunOptions } from '../../functions/run/context.ts';
import type { Lease } from '../../functions/run/lease.ts';
import type { Purpose } from '../../functions/run/prepare.ts';
import { restore, rotate } from '../../functions/run/rotate.ts';
import { workOff } from '../../functions/run/work.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Cloud } from '../../local/cloud.ts';
import type { ConnectionFile, FleetFile } from '../../local/fleet-file.ts';
import type { Call } from '../../local/front-door/call.ts';
import { Prng } from '../../local/prng.ts';
import { defaultSwitches } from '../../local/switches.ts';
import type { Switches } from '../../local/switches.ts';
import type { FarEndPolicy, Tunnel } from '../../local/vpc/model.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import { clockOf, randomOf } from '../simulation/ports.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

export const REGION = 'cn-hangzhou';
const DAY_MS = 86_400_000;

/** One customer gateway with its connections and its document. */
export interface SiteSpec {
  readonly name: string;
  readonly connections?: number;
  /** Default `vpn-1`. */
  readonly gateway?: string;
  readonly farEnd?: FarEndPolicy;
  /** Fields of both documents besides targets and proof. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** IKE settings that v2 names and v1 does not. */
  readonly nextIke?: Readonly<Record<string, string>>;
  /** True: each connection has an identity of its own, instead of its gateway's address. */
  readonly ownIdentities?: boolean;
  /** Default: v1 current, v2 next. */
  readonly labels?: Readonly<Record<'v1' | 'v2', readonly string[]>>;
  /** The key of every tunnel when the story begins; default `old`. */
  readonly live?: string;
}

export const keyOf = (site: string, generation: 'old' | 'new'): string =>
  `example-psk-${site}-${generation}`;

export interface RunSpec {
  readonly purpose?: Purpose;
  /** What the process does; default: what the purpose says. */
  readonly begin?: typeof rotate;
  readonly lease?: Lease;
  readonly options?: Partial<RunOptions>;
  /** Ends the process when so many of its requests were sent. */
  readonly killAfter?: number;
  /** Sees every event, and may abort what `options.stop` listens to. */
  readonly onEvent?: (event: RunEvent) => void;
  readonly secrets?: readonly string[];
}

export class EngineWorld {
  readonly clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1), drive: 'auto' });
  readonly cloud: Cloud;
  readonly events: RunEvent[] = [];
  /** Requests that reached the cloud. */
  readonly calls: Call[] = [];
  readonly #sites: readonly SiteSpec[];
  #runs = 0;

  constructor(sites: readonly SiteSpec[], switches: Partial<Switches> = {}) {
    this.#sites = sites;
    this.cloud = new Cloud({
      seed: 1,
      now: () => this.clock.now(),
      fleet: fleetOf(sites),
      switches: { ...defaultSwitches(), ...switches },
    });
    this.cloud.watchers.push((call, result) => {
      if (result === null) this.calls.push(call);
    });
  }

  /** The report; null when the process was killed. */
  async run(spec: RunSpec = {}): Promise<Report | null> {
    this.#runs += 1;
    const life = new Life(spec.killAfter ?? 0);
    const transport = simulatedTransport(this.cloud, life, (ms) => this.clock.sleep(ms));
    const random = randomOf(new Prng(this.#runs));
    const killed = new Promise<null>((resolve) => {
      life.onEnd = () => resolve(null);
    });
    const begin = spec.begin ?? (spec.purpose === 'restore' ? restore : rotate);
    const work = begin(
      {
        ports: {
          clock: clockOf(this.clock, life),
          random,
          log: {
            event: (event) => {
              this.events.push(event);
              spec.onEvent?.(event);
            },
          },
          vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
          secrets: createSecretStore(transport, REGION, () => secretAnswers),
          invoker: null,
        },
        options: { ...RUN_DEFAULTS, ...spec.options },
        runId: `run_${this.#runs}`,
        nonce: String(this.#runs).padStart(32, '0'),
        parseDocument,
        lease: spec.lease ?? null,
      },
      {
        secrets: spec.secrets ?? this.#sites.map(({ name }) => `vpn/${name}`),
        trigger: 'test',
        requestReason: null,
        leaseSecret: null,
        task: null,
        successor: null,
        countedCalls: () => ({}),
      },
      async () => ({ workOff }),
    );
    return Promise.race([work, killed]);
  }

  /** Long enough for every window and every status to be over. */
  pass(): Promise<void> {
    return this.clock.sleep(DAY_MS / 24);
  }

  tunnels(site: string): readonly Tunnel[] {
    return [...this.cloud.vpc.connections.values()]
      .filter(({ vpnConnectionId }) => vpnConnectionId.startsWith(`vco-${site}-`))
      .flatMap(({ tunnels }) => tunnels);
  }

  keys(site: string): readonly string[] {
    return this.tunnels(site).map(({ config }) => config.ike.Psk);
  }

  gateways(site: string): readonly string[] {
    return this.tunnels(site).map(({ config }) => config.customerGatewayId);
  }

  up(site: string): boolean {
    return this.tunnels(site).every(({ session }) => session.status === 'ipsec_sa_established');
  }

  /** Every label with its version. */
  labels(site: string): Readonly<Record<string, string>> {
    const versions = this.cloud.kms.secrets.get(`vpn/${site}`)?.versions ?? [];
    return Object.fromEntries(
      versions.flatMap(({ versionId, labels }) => labels.map((label) => [label, versionId])),
    );
  }

  /** What a person does in the console: the label stands on this version alone; null: on none. */
  label(site: string, label: string, versionId: string | null): void {
    const secret = this.cloud.kms.secrets.get(`vpn/${site}`);
    if (secret === undefined) throw new Error(`no secret of ${site}`);
    const versions = secret.versions.map((version) => {
      const others = version.labels.filter((other) => other !== label);
      return { ...version, labels: version.versionId === versionId ? [...others, label] : others };
    });
    replaceVersions(secret, versions, this.clock.now());
  }
}

/** By site: verdict and reason. */
export function verdicts(report: Report | null): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (report?.groups ?? []).map(({ secrets, verdict, reason }) => [
      secrets.map((name) => name.slice('vpn/'.length)).join('+'),
      `${verdict} ${reason.code}`,
    ]),
  );
}

function fleetOf(sites: readonly SiteSpec[]): FleetFile {
  return {
    kmsRegion: REGION,
    regions: [REGION],
    gateways: [...new Set(sites.map(gatewayOf))].map((id) => ({ id, region: REGION })),
    customerGateways: sites.map(({ name }, index) => ({
      id: `cgw-${name}`,
      region: REGION,
      ip: `203.0.113.${index + 1}`,
      asn: 65_000 + index,
    })),
    connections: sites.flatMap(connectionsOf),
    secrets: sites.map((site) => ({
      name: `vpn/${site.name}`,
      versions: (['v1', 'v2'] as const).map((versionId) => ({
        versionId,
        labels: (site.labels ?? { v1: ['ACSCurrent'], v2: ['KeyturnNext'] })[versionId],
        data:
          versionId === 'v1'
            ? documentOf(site, keyOf(site.name, 'old'), {})
            : documentOf(site, keyOf(site.name, 'new'), site.nextIke ?? {}),
      })),
    })),
  };
}

const gatewayOf = ({ gateway }: SiteSpec): string => gateway ?? 'vpn-1';

function idsOf({ name, connections = 1 }: SiteSpec): readonly string[] {
  return Array.from({ length: connections }, (_, index) => `vco-${name}-${index}`);
}

function connectionsOf(site: SiteSpec): readonly ConnectionFile[] {
  const live = site.live ?? keyOf(site.name, 'old');
  return idsOf(site).map((id) => {
    const tunnel = (role: 'master' | 'slave') => ({
      id: `${id.replace('vco', 'tun')}-${role}`,
      role,
      customerGateway: `cgw-${site.name}`,
      key: live,
      ...(site.ownIdentities === true ? { ike: { LocalId: id } } : {}),
      farEnd: { policy: site.farEnd ?? 'follows', delayMs: 1_000, negotiateMs: 200 } as const,
    });
    const tunnels = [tunnel('master'), tunnel('slave')];
    return { id, region: REGION, gateway: gatewayOf(site), tunnels };
  });
}

function documentOf(
  site: SiteSpec,
  key: string,
  ike: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return {
    schema: 'keyturn/1',
    targets: idsOf(site).map((VpnConnectionId) => ({
      RegionId: REGION,
      VpnConnectionId,
      TunnelOptionsSpecification: { TunnelIkeConfig: { Psk: key, ...ike } },
    })),
    proof: { timeoutSeconds: 60 },
    ...site.document,
  };
}
