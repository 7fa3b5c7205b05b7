/** A fleet as JSON: what there is when the story begins. */
import { readFaultRules } from './fault-rules.ts';
import type { FaultRule } from './faults.ts';
import { readSwitches } from './switches.ts';
import type { Switches } from './switches.ts';
import { isPolicy } from './vpc/model.ts';
import type { FarEndPolicy, IkeConfig, IpsecConfig } from './vpc/model.ts';

export interface TunnelFile {
  /** Left out for the one tunnel of a single-tunnel connection. */
  readonly id?: string;
  readonly role?: 'master' | 'slave';
  readonly customerGateway: string;
  readonly key: string;
  readonly ike?: Partial<Omit<IkeConfig, 'Psk'>>;
  readonly ipsec?: Partial<IpsecConfig>;
  /** False: down when the story begins. */
  readonly up?: boolean;
  readonly farEnd?: {
    readonly policy?: FarEndPolicy;
    /** Keys it accepts; it signs with the last. Default: the tunnel's own. */
    readonly keys?: readonly string[];
    readonly settings?: Readonly<Record<string, string>>;
    readonly delayMs?: number;
    readonly negotiateMs?: number;
    readonly initiates?: boolean;
  };
}

export interface ConnectionFile {
  readonly id: string;
  readonly region: string;
  readonly name?: string;
  /** Left out for a transit-router attachment. */
  readonly gateway?: string;
  readonly localSubnets?: readonly string[];
  readonly remoteSubnets?: readonly string[];
  /** False: after a change the gateway waits for traffic before it negotiates. */
  readonly effectImmediately?: boolean;
  /** BGP of each tunnel: its /30, in the order of `tunnels`. */
  readonly bgpCidrs?: readonly string[];
  readonly tunnels: readonly TunnelFile[];
}

/** A role with its one policy, as RAM has them. */
export interface RoleFile {
  readonly name: string;
  readonly trust: unknown;
  readonly policy: unknown;
}

export interface FleetFile {
  readonly accountId?: string;
  /** Region of the KMS endpoint. */
  readonly kmsRegion: string;
  readonly regions: readonly string[];
  /** Bounds of the configuring window; left out: the switch decides. */
  readonly windowMs?: { readonly min: number; readonly max: number };
  readonly gateways: readonly {
    readonly id: string;
    readonly region: string;
    readonly name?: string;
    readonly shangMi?: boolean;
    readonly financialLocked?: boolean;
    /** In configuration for this long when the story begins. */
    readonly busyMs?: number;
  }[];
  readonly customerGateways: readonly {
    readonly id: string;
    readonly region: string;
    readonly ip: string;
    readonly name?: string;
    readonly asn?: number;
  }[];
  readonly connections: readonly ConnectionFile[];
  readonly secrets: readonly {
    readonly name: string;
    readonly versions: readonly {
      readonly versionId: string;
      readonly labels: readonly string[];
      /** Text as it is, or an object that becomes JSON. */
      readonly data: string | Readonly<Record<string, unknown>>;
    }[];
  }[];
  readonly roles?: readonly RoleFile[];
  /**
   * In the words of FC 3.0's API and of `props` in s.yaml; see fc/definition.ts. `${vpc}`, `${kms}` and
   * `${fc}` in environment variables stand for this cloud's own addresses.
   */
  readonly functions?: readonly Readonly<Record<string, unknown>>[];
  /** Another choice than the default for some switches. */
  readonly switches?: Partial<Switches>;
  /** Fault rules that hold from the beginning. */
  readonly faults?: readonly FaultRule[];
  /** Names of queues and topics that take the outcomes of asynchronous invocations. */
  readonly queues?: readonly string[];
  readonly topics?: readonly string[];
}

const LISTS = ['regions', 'gateways', 'customerGateways', 'connections', 'secrets'] as const;
const MAY_LACK = ['roles', 'functions', 'queues', 'topics'] as const;

/** Reads a fleet file. Throws an Error that names the place; it never quotes a value. */
export function parseFleet(text: string): FleetFile {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    throw new Error('fleet file: must be JSON');
  }
  if (typeof root !== 'object' || root === null) throw new Error('fleet file: must be an object');
  const fleet = root as Record<string, unknown>;
  for (const name of LISTS) {
    if (!Array.isArray(fleet[name])) throw new Error(`fleet file: ${name} must be a list`);
  }
  for (const name of MAY_LACK) {
    if (!Array.isArray(fleet[name] ?? [])) throw new Error(`fleet file: ${name} must be a list`);
  }
  if (typeof fleet['kmsRegion'] !== 'string') throw new Error('fleet file: kmsRegion must be text');
  readSwitches(fleet['switches'] ?? {});
  readFaultRules(fleet['faults'] ?? []);
  const file = root as FleetFile;
  checkReferences(file);
  return file;
}

/** Everything that is named exists, and no id stands twice. */
export function checkReferences(file: FleetFile): void {
  const gateways = idsOf('gateways', file.gateways);
  const customers = idsOf('customerGateways', file.customerGateways);
  idsOf('connections', file.connections);
  for (const [index, connection] of file.connections.entries()) {
    const place = `fleet file: connections[${index}]`;
    if (connection.gateway !== undefined && !gateways.has(connection.gateway)) {
      throw new Error(`${place}.gateway is not in gateways`);
    }
    if (!Array.isArray(connection.tunnels) || ![1, 2].includes(connection.tunnels.length)) {
      throw new Error(`${place}.tunnels must have one or two`);
    }
    for (const [number, tunnel] of connection.tunnels.entries()) {
      if (!customers.has(tunnel.customerGateway)) {
        throw new Error(`${place}.tunnels[${number}].customerGateway is not in customerGateways`);
      }
      if (tunnel.farEnd?.policy !== undefined && !isPolicy(tunnel.farEnd.policy)) {
        throw new Error(`${place}.tunnels[${number}].farEnd.policy is none of those there are`);
      }
      if (connection.tunnels.length === 2 && tunnel.id === undefined) {
        throw new Error(`${place}.tunnels[${number}].id must be given`);
      }
    }
  }
}

function idsOf(list: string, items: readonly { readonly id: string }[]): ReadonlySet<string> {
  const ids = new Set(items.map((item) => item.id));
  if (ids.size !== items.length) throw new Error(`fleet file: ${list} has an id twice`);
  return ids;
}
