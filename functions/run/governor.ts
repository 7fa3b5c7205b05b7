import type { Outcome } from '../core/failure.ts';
import { admitted, fresh, nextStart, sent, throttled } from '../core/rate.ts';
import type { RateState } from '../core/rate.ts';
import { RATES } from '../core/rates.ts';
import type { RateName } from '../core/rates.ts';
import { between, durationMs } from '../core/units.ts';
import type { DurationMs } from '../core/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { VpnApi } from '../ports/vpn-api.ts';
import type { Run } from './context.ts';
import { Places } from './places.ts';
import { retryAfter } from './retry.ts';

interface Turn {
  readonly weight: number;
  readonly go: () => void;
}

/** Who waits at one limit of one region. The heaviest goes first, of equals the one that came first. */
class Gate {
  readonly #clock: Clock;
  readonly #name: RateName;
  readonly #part: number;
  #state: RateState;
  readonly #waiting: Turn[] = [];
  #working = false;

  constructor(clock: Clock, name: RateName, part: number) {
    this.#clock = clock;
    this.#name = name;
    this.#part = part;
    this.#state = fresh(clock.now());
  }

  turn(weight: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const behind = this.#waiting.findIndex((other) => other.weight < weight);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, { weight, go: resolve });
      if (this.#working) return;
      this.#working = true;
      this.#work().catch(reject);
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const wait = this.#untilNext();
      if (wait > 0) await this.#clock.sleep(wait);
      // A refusal that came in meanwhile may have put it off.
      if (this.#untilNext() > 0) continue;
      this.#state = sent(RATES[this.#name], this.#part, this.#state, this.#clock.now());
      this.#waiting.shift()?.go();
    }
    this.#working = false;
  }

  #untilNext(): DurationMs {
    const now = this.#clock.now();
    return between(now, nextStart(RATES[this.#name], this.#part, this.#state, now));
  }

  /** How long whoever comes now waits, as far as it can be told. */
  wait(): DurationMs {
    const { calls, perMs } = RATES[this.#name];
    const queue = (this.#waiting.length * perMs) / Math.max(1, calls * this.#part);
    return durationMs(this.#waiting.length === 0 ? 0 : queue + this.#untilNext());
  }

  heard(outcome: Outcome<unknown>): void {
    this.#state =
      outcome.kind === 'throttled'
        ? throttled(RATES[this.#name], this.#state, this.#clock.now(), retryAfter(outcome))
        : admitted(this.#state);
  }
}

/**
 * Each read holds a socket, its buffers and its answer. Regions that all may be asked as often as they can bear
 * take some 30 calls a second each: at a tenth of a second an answer this is enough for twenty of them.
 */
const READS_AT_ONCE = 64;

/** KMS has one region in a run, and its share a name of its own. */
export const KMS = 'kms';

/**
 * Keeps every call within the documented rates, per region and API. Each API has its own gate, so looks at
 * gateways, which are many, never hold up the reads of connections, which proof needs.
 */
export class Governor {
  readonly #clock: Clock;
  readonly #parts: ReadonlyMap<string, number>;
  readonly #gates = new Map<string, Gate>();
  readonly #reads = new Places(READS_AT_ONCE);

  /** `parts`: the part of each rate that is this run's, by region; where it is left out, all of it. */
  constructor(clock: Clock, parts: ReadonlyMap<string, number>) {
    this.#clock = clock;
    this.#parts = parts;
  }

  gate(regionId: string, name: RateName): Gate {
    const key = `${regionId} ${name}`;
    const found =
      this.#gates.get(key) ?? new Gate(this.#clock, name, this.#parts.get(regionId) ?? 1);
    this.#gates.set(key, found);
    return found;
  }

  async call<T>(
    regionId: string,
    name: RateName,
    request: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    await this.gate(regionId, name).turn(0);
    return this.#listen(regionId, name, request);
  }

  /** Writes wait for their rate alone, and so does KMS, which holds the lease. */
  async #read<T>(
    regionId: string,
    name: RateName,
    request: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    await this.gate(regionId, name).turn(0);
    return this.#reads.hold(regionId, () => this.#listen(regionId, name, request));
  }

  async #listen<T>(
    regionId: string,
    name: RateName,
    request: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const outcome = await request();
    this.gate(regionId, name).heard(outcome);
    return outcome;
  }

  /** The port with every call kept within its rate; a write waits for its turn before its last look. */
  vpn(port: VpnApi): VpnApi {
    return {
      listVpnGateways: (query) =>
        this.#read(query.regionId, 'DescribeVpnGateways', () => port.listVpnGateways(query)),
      listVpnConnections: (query) =>
        this.#read(query.regionId, 'DescribeVpnConnections', () => port.listVpnConnections(query)),
      listCustomerGateways: (query) =>
        this.#read(query.regionId, 'DescribeCustomerGateways', () =>
          port.listCustomerGateways(query),
        ),
      readLogs: (query) =>
        this.#read(query.regionId, 'DescribeVpnConnectionLogs', () => port.readLogs(query)),
      write: (write) => this.#listen(write.regionId, write.call, () => port.write(write)),
      createCustomerGateway: (request) =>
        this.call(request.regionId, 'CustomerGatewayWrites', () =>
          port.createCustomerGateway(request),
        ),
      deleteCustomerGateway: (request) =>
        this.call(request.regionId, 'CustomerGatewayWrites', () =>
          port.deleteCustomerGateway(request),
        ),
    };
  }

  secrets(port: SecretStore): SecretStore {
    const label = <T>(request: () => Promise<Outcome<T>>) =>
      this.call(KMS, 'SecretLabels', request);
    return {
      listNames: (prefix) => label(() => port.listNames(prefix)),
      listVersions: (name) => label(() => port.listVersions(name)),
      readVersion: (name, versionId) =>
        this.call(KMS, 'SecretValues', () => port.readVersion(name, versionId)),
      readLabelled: (name, wanted) =>
        this.call(KMS, 'SecretValues', () => port.readLabelled(name, wanted)),
      putVersion: (request) => label(() => port.putVersion(request)),
      moveLabel: (request) => label(() => port.moveLabel(request)),
    };
  }
}

/** The run with every call kept within the service's rates, and what keeps it so. */
export function paced(run: Run): { readonly run: Run; readonly governor: Governor } {
  const { ports, options } = run;
  const governor = new Governor(ports.clock, options.rateShare);
  const vpn = governor.vpn(ports.vpn);
  const secrets = governor.secrets(ports.secrets);
  return { run: { ...run, ports: { ...ports, vpn, secrets } }, governor };
}
