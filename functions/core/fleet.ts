import type { Settings } from './parameters.ts';
import type { Redacted } from './redacted.ts';

/** A key as the service shows it. What is not readable is never equal to anything. */
export type LiveKey =
  | { readonly kind: 'readable'; readonly key: Redacted }
  | { readonly kind: 'masked' }
  | { readonly kind: 'empty' };

/** Negotiation status: both phases up, phase 1 only, or nothing; `unknown` when the field was absent. */
export type SaStatus = 'up' | 'phase1' | 'down' | 'unknown';

/** `master` carries traffic, `slave` stands by, `equal` shares flows (transit router), `only` has no partner. */
export type Role = 'master' | 'slave' | 'equal' | 'only';

export interface Tunnel {
  /** Null for a single-tunnel connection, which has no tunnel id of its own. */
  readonly tunnelId: string | null;
  readonly role: Role;
  /** 1 or 2 on transit-router attachments, else null. */
  readonly index: number | null;
  readonly state: 'active' | 'updating' | 'deleting';
  readonly sa: SaStatus;
  readonly customerGatewayId: string;
  readonly key: LiveKey;
  /** Everything that was readable; BGP settings only where BGP is on. */
  readonly settings: Settings;
  readonly bgpEnabled: boolean;
}

export type ConnectionKind = 'dual-tunnel' | 'single-tunnel' | 'attachment';

export interface Connection {
  readonly regionId: string;
  readonly vpnConnectionId: string;
  readonly name: string;
  readonly kind: ConnectionKind;
  /** Null for transit-router attachments. */
  readonly vpnGatewayId: string | null;
  /** The service's own word, lower-cased: `active`, `attached`, `init`, `updating`, … */
  readonly state: string;
  readonly localSubnets: string;
  readonly remoteSubnets: string;
  readonly effectImmediately: boolean | null;
  readonly tunnels: readonly Tunnel[];
}

export interface VpnGateway {
  readonly regionId: string;
  readonly vpnGatewayId: string;
  readonly name: string;
  /** The service's own word, lower-cased: `init`, `provisioning`, `active`, `updating`, `deleting`. */
  readonly status: string;
  readonly financialLocked: boolean;
  /** ShangMi gateways authenticate with certificates and have no pre-shared key. */
  readonly shangMi: boolean;
}

export interface CustomerGateway {
  readonly regionId: string;
  readonly customerGatewayId: string;
  readonly name: string;
  readonly ipAddress: string;
  readonly asn: number | null;
  /** Whether BGP over it is signed with a key of its own. */
  readonly bgpKey: boolean;
}

/** All that was read of one or more regions. */
export interface Fleet {
  readonly gateways: readonly VpnGateway[];
  readonly connections: readonly Connection[];
}

export interface TunnelRef {
  readonly regionId: string;
  readonly vpnConnectionId: string;
  readonly tunnelId: string | null;
}

/** A tunnel's name in maps and messages: `region/connection/tunnel`, or `region/connection` where it has none. */
export function tunnelName(ref: TunnelRef): string {
  const connection = `${ref.regionId}/${ref.vpnConnectionId}`;
  return ref.tunnelId === null ? connection : `${connection}/${ref.tunnelId}`;
}
