import type { EventQueue } from '../event-queue.ts';
import type { Prng } from '../prng.ts';
import type { ShapeCache } from './shape-cache.ts';

/** The vendor's spelling throughout: what a read shows is what is stored. */
export interface IkeConfig {
  Psk: string;
  IkeVersion: string;
  IkeMode: string;
  IkeEncAlg: string;
  IkeAuthAlg: string;
  IkePfs: string;
  IkeLifetime: number;
  LocalId: string;
  RemoteId: string;
}

export interface IpsecConfig {
  IpsecEncAlg: string;
  IpsecAuthAlg: string;
  IpsecPfs: string;
  IpsecLifetime: number;
}

export interface BgpConfig {
  LocalAsn: number;
  LocalBgpIp: string;
  PeerAsn: number;
  PeerBgpIp: string;
  TunnelCidr: string;
  AuthKey: string;
}

/** Replaced as a whole on every change, never altered in place. */
export interface TunnelConfig {
  readonly ike: Readonly<IkeConfig>;
  readonly ipsec: Readonly<IpsecConfig>;
  readonly bgp: Readonly<BgpConfig>;
  readonly dpd: boolean;
  readonly natTraversal: boolean;
  readonly customerGatewayId: string;
  readonly remoteCaCertificate: string;
}

export const FAR_END_POLICIES = [
  'has-it-already',
  'follows',
  'follows-label',
  'never',
  'flaps',
] as const;
export type FarEndPolicy = (typeof FAR_END_POLICIES)[number];

export function isPolicy(value: unknown): value is FarEndPolicy {
  return (FAR_END_POLICIES as readonly unknown[]).includes(value);
}

/** The device at the other end of one tunnel. */
export interface FarEnd {
  policy: FarEndPolicy;
  /** Keys it accepts. It signs with the last one: strongSwan 5.9.8 does, measured November 2026. */
  keys: readonly string[];
  /** Settings it insists on, in the vendor's spelling; what is not named it negotiates freely. */
  settings: Readonly<Record<string, string>>;
  /** `follows` and `follows-label`: how long after the change it takes the key over. `flaps`: period. */
  delayMs: number;
  /** How long one successful negotiation takes. */
  negotiateMs: number;
  /** Whether it starts a negotiation itself after it has loaded a key. */
  initiates: boolean;
}

export type SaStatus =
  | 'ike_sa_not_established'
  | 'ike_sa_established'
  | 'ipsec_sa_not_established'
  | 'ipsec_sa_established';

/** Why the last attempt failed; null while the tunnel is up or has never tried. */
export interface Failure {
  readonly at: number;
  readonly reason: 'key' | 'ike-settings' | 'ipsec-settings';
  /** The setting both ends disagree about; null for a key. */
  readonly field: string | null;
  readonly local: string;
  readonly remote: string;
  readonly log: string;
}

export interface Session {
  status: SaStatus;
  /** Newest last; bounded. For reads that lag behind. */
  history: { readonly at: number; readonly status: SaStatus }[];
  /** The configuration the gateway's daemon has loaded; it follows `Tunnel.config` when a window ends. */
  loaded: TunnelConfig;
  /** Rises with everything that makes an attempt or a lifetime in progress obsolete. */
  generation: number;
  /** Number of the IKE SA, as the daemon counts them in its log. */
  ikeSaNumber: number;
  failure: Failure | null;
  failedAttempts: number;
  /** Newest last; bounded. */
  logs: { readonly at: number; readonly text: string }[];
}

export interface Tunnel {
  /** Empty for the one tunnel of a single-tunnel connection, which has no id on the wire. */
  readonly tunnelId: string;
  readonly role: 'master' | 'slave';
  readonly index: 1 | 2;
  readonly zoneNo: string;
  readonly internetIp: string;
  state: 'active' | 'updating';
  config: TunnelConfig;
  readonly session: Session;
  readonly farEnd: FarEnd;
}

export type Home =
  | { readonly kind: 'gateway'; readonly vpnGatewayId: string }
  | {
      readonly kind: 'attachment';
      /** Null: not attached to a transit router yet. */
      readonly transitRouterId: string | null;
    };

export interface Connection {
  readonly vpnConnectionId: string;
  readonly regionId: string;
  readonly home: Home;
  /** Dual-tunnel connections show their tunnels; single-tunnel ones show `IkeConfig` instead. */
  readonly dual: boolean;
  readonly createdAt: number;
  name: string;
  state: string;
  localSubnets: readonly string[];
  remoteSubnets: readonly string[];
  effectImmediately: boolean;
  autoConfigRoute: boolean;
  bgpEnabled: boolean;
  readonly tunnels: readonly Tunnel[];
}

export interface VpnGateway {
  readonly vpnGatewayId: string;
  readonly regionId: string;
  readonly name: string;
  readonly internetIp: string;
  /** Null for a gateway that cannot carry dual-tunnel connections. */
  readonly disasterRecoveryInternetIp: string | null;
  readonly vpcId: string;
  readonly vpnType: 'Normal' | 'NationalStandard';
  readonly createdAt: number;
  status: 'init' | 'provisioning' | 'active' | 'updating' | 'deleting';
  businessStatus: 'Normal' | 'FinancialLocked';
  /** Destination CIDRs that stand in its route table by hand; they refuse automatic ones. */
  routes: readonly string[];
  /** Values of a setting that this gateway cannot do, though they are documented. */
  unsupported: Readonly<Record<string, readonly string[]>>;
}

export interface CustomerGateway {
  readonly customerGatewayId: string;
  readonly regionId: string;
  readonly name: string;
  readonly description: string;
  readonly ipAddress: string;
  readonly asn: number | null;
  readonly authKey: string;
  readonly createdAt: number;
}

/** A change of the world, told to whoever observes it: the journal and the checkers. Never a key. */
export interface WorldEvent {
  readonly at: number;
  readonly kind:
    | 'configured'
    | 'window-opened'
    | 'window-closed'
    | 'sa-up'
    | 'sa-down'
    | 'created'
    | 'deleted';
  /** The gateway of a window, the connection (and tunnel) of anything else. */
  readonly id: string;
  readonly tunnelId: string | null;
}

export interface VpcState {
  readonly accountId: string;
  readonly regionIds: readonly string[];
  readonly bgpRegionIds: readonly string[];
  readonly gateways: ReadonlyMap<string, VpnGateway>;
  readonly customerGateways: Map<string, CustomerGateway>;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Gateways and connections in order of the fleet; neither is created or deleted here. */
  readonly gatewaysByRegion: ReadonlyMap<string, readonly VpnGateway[]>;
  readonly connectionsByRegion: ReadonlyMap<string, readonly Connection[]>;
  readonly connectionsByGateway: ReadonlyMap<string, readonly Connection[]>;
  readonly shapes: ShapeCache<Connection, Readonly<Record<string, unknown>>>;
  /** Bounds of a configuring window; null leaves it to the switch. */
  readonly windowMs: { readonly min: number; readonly max: number } | null;
  /** How many windows each gateway or attachment has had. */
  readonly windows: Map<string, number>;
  /** Ids of gateways and attachments whose next window never ends by itself. */
  readonly stuck: Set<string>;
  readonly events: EventQueue;
  readonly random: Prng;
  readonly observers: ((event: WorldEvent) => void)[];
}

export function tell(state: VpcState, event: WorldEvent): void {
  for (const observer of state.observers) observer(event);
}
