import { Cloud } from '../../../local/cloud.ts';
import type { FleetFile, TunnelFile } from '../../../local/fleet-file.ts';
import type { Params } from '../../../local/operation.ts';
import type { Switches } from '../../../local/switches.ts';
import type { Tunnel } from '../../../local/vpc/model.ts';

export const START = Date.UTC(2026, 10, 1);
export const REGION = 'cn-hangzhou';
export const ELSEWHERE = 'eu-central-1';
/** Every window of this world is that long. */
export const WINDOW_MS = 10_000;
/** A negotiation takes the default far end that long. */
export const NEGOTIATE_MS = 200;
export const OLD = 'example-psk-old';
export const NEW = 'example-psk-new';

type Body = Readonly<Record<string, unknown>>;
type FarEnd = NonNullable<TunnelFile['farEnd']>;

export interface WorldOptions {
  readonly switches?: Partial<Switches>;
  readonly fleet?: Partial<FleetFile>;
  /** Of every tunnel. */
  readonly farEnd?: FarEnd;
  /** True: the switch decides how long a window is. */
  readonly anyWindow?: boolean;
}

function tunnel(id: string, customerGateway: string, farEnd?: FarEnd): TunnelFile {
  return { id, customerGateway, key: OLD, ...(farEnd === undefined ? {} : { farEnd }) };
}

/** Two connections to one site and one to another on `vpn-1`; a single-tunnel, a BGP and an attached one. */
function fleet({ farEnd, anyWindow, fleet: changed }: WorldOptions): FleetFile {
  const pair = (name: string, cgw: string): TunnelFile[] => [
    tunnel(`tun-${name}1`, cgw, farEnd),
    tunnel(`tun-${name}2`, cgw, farEnd),
  ];
  const { id: _id, ...only } = tunnel('', 'cgw-1', farEnd);
  const home = { region: REGION, gateway: 'vpn-1' };
  return {
    kmsRegion: REGION,
    regions: [REGION, ELSEWHERE],
    ...(anyWindow === true ? {} : { windowMs: { min: WINDOW_MS, max: WINDOW_MS } }),
    gateways: [
      { id: 'vpn-1', region: REGION },
      { id: 'vpn-2', region: REGION },
      { id: 'vpn-sm', region: REGION, shangMi: true },
      { id: 'vpn-locked', region: REGION, financialLocked: true },
    ],
    customerGateways: [
      { id: 'cgw-1', region: REGION, ip: '203.0.113.1', asn: 65_010 },
      { id: 'cgw-2', region: REGION, ip: '203.0.113.2' },
    ],
    connections: [
      { ...home, id: 'vco-a', tunnels: pair('a', 'cgw-1') },
      { ...home, id: 'vco-b', tunnels: pair('b', 'cgw-1') },
      { ...home, id: 'vco-c', tunnels: pair('c', 'cgw-2') },
      { id: 'vco-s', region: REGION, gateway: 'vpn-2', tunnels: [only] },
      {
        id: 'vco-g',
        region: REGION,
        gateway: 'vpn-2',
        bgpCidrs: ['169.254.20.0/30', '169.254.20.4/30'],
        tunnels: pair('g', 'cgw-2'),
      },
      { id: 'vco-t', region: REGION, tunnels: pair('t', 'cgw-1') },
      { id: 'vco-sm', region: REGION, gateway: 'vpn-sm', tunnels: pair('sm', 'cgw-1') },
      { id: 'vco-locked', region: REGION, gateway: 'vpn-locked', tunnels: pair('l', 'cgw-1') },
    ],
    secrets: [],
    ...changed,
  };
}

/** A cloud whose time the test moves, called past its sockets. */
export class World {
  readonly cloud: Cloud;
  now = START;

  constructor(options: WorldOptions = {}) {
    this.cloud = new Cloud({
      seed: 1,
      now: () => this.now,
      fleet: fleet(options),
      switches: options.switches ?? {},
    });
  }

  /** Lets `ms` pass, and everything due in it happen. */
  pass(ms: number): void {
    this.now += ms;
    this.cloud.vpc.events.advance(this.now);
  }

  call(action: string, query: Params, form: Params = {}): { status: number; body: Body } {
    const regionId = query['RegionId'] ?? REGION;
    const result = this.cloud.call({ product: 'vpc', action, regionId, query, form });
    if (result.kind !== 'answer') return { status: 0, body: {} };
    return { status: result.status, body: result.body as Body };
  }

  /** The body of an answer that must be a success. */
  ok(action: string, query: Params, form: Params = {}): Body {
    const { status, body } = this.call(action, query, form);
    if (status !== 200) throw new Error(`${action}: ${status} ${String(body['Code'])}`);
    return body;
  }

  /** `200`, or status and code of the refusal. */
  outcome(action: string, query: Params, form: Params = {}): string {
    const { status, body } = this.call(action, query, form);
    return status === 200 ? '200' : `${status} ${String(body['Code'])}`;
  }

  /** What ModifyTunnelAttribute takes below TunnelOptionsSpecification, for one tunnel. */
  modify(tunnelId: string, options: Params, extra: Params = {}): string {
    return this.outcome('ModifyTunnelAttribute', {
      ...address(tunnelId),
      ...prefixed('TunnelOptionsSpecification.', options),
      ...extra,
    });
  }

  rekey(tunnelId: string, key = NEW, extra: Params = {}): string {
    return this.modify(tunnelId, { 'TunnelIkeConfig.Psk': key }, extra);
  }

  tunnel(tunnelId: string): Tunnel {
    for (const { tunnels } of this.cloud.vpc.connections.values()) {
      const found = tunnels.find((item) => item.tunnelId === tunnelId);
      if (found !== undefined) return found;
    }
    throw new Error(`${tunnelId} is not there`);
  }

  key(tunnelId: string): string {
    return this.tunnel(tunnelId).config.ike.Psk;
  }

  up(tunnelId: string): boolean {
    return this.tunnel(tunnelId).session.status === 'ipsec_sa_established';
  }

  gateway(id: string): string {
    return this.cloud.vpc.gateways.get(id)?.status ?? 'none';
  }
}

/** `tun-a1` belongs to `vco-a`. */
export function address(tunnelId: string): { VpnConnectionId: string; TunnelId: string } {
  return { VpnConnectionId: `vco-${tunnelId.slice(4, -1)}`, TunnelId: tunnelId };
}

export function prefixed(prefix: string, params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`${prefix}${name}`, value]),
  );
}
