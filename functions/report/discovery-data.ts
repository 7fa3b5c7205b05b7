import type { AuditCode, Level } from '../core/audit-codes.ts';
import { audit } from '../core/audit.ts';
import type { Finding } from '../core/audit.ts';
import type { Baseline } from '../core/baselines.ts';
import { draftsFor } from '../core/draft-document.ts';
import type { Draft } from '../core/draft-document.ts';
import type { Reason } from '../core/codes.ts';
import type { ConnectionKind, LiveKey, Role, SaStatus, VpnGateway } from '../core/fleet.ts';
import { groupsOf } from '../core/groups.ts';
import type { Group } from '../core/groups.ts';
import type { EpochMs } from '../core/units.ts';
import type { Discovered } from '../run/discover.ts';

export interface DiscoveredTunnel {
  readonly tunnelId: string | null;
  readonly role: Role;
  readonly status: SaStatus;
  /** Whether the service shows the key; never the key. */
  readonly key: LiveKey['kind'];
  /** `ikev2 aes256/sha256/group14`, as far as it was readable. */
  readonly ike: string;
  readonly ipsec: string;
}

export interface DiscoveredGroup {
  readonly id: string;
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly customerGatewayName: string;
  readonly ipAddress: string | null;
  readonly connections: readonly {
    readonly vpnConnectionId: string;
    readonly name: string;
    readonly kind: ConnectionKind;
    readonly tunnels: readonly DiscoveredTunnel[];
  }[];
}

/** Codes of what an audit finds, and of what only matters before the first rotation. */
export type WeakSpotCode = AuditCode | keyof typeof SPOT_CODES;

export interface WeakSpot {
  readonly code: WeakSpotCode;
  readonly level: Level;
  /** A group's or gateway's id. */
  readonly where: string;
  readonly detail: string;
}

/** What `keyturn discover --json` prints. */
export interface DiscoveryData {
  readonly schema: 'keyturn/discovery/1';
  readonly regions: readonly { readonly regionId: string; readonly fault: Reason | null }[];
  readonly gateways: readonly (VpnGateway & { readonly connections: number })[];
  readonly groups: readonly DiscoveredGroup[];
  readonly weakSpots: readonly WeakSpot[];
  /** What `--write` stores: one for each customer gateway. */
  readonly documents: readonly (Omit<Draft, 'text'> & { readonly file: string })[];
}

/** What stands in the way of a rotation, besides what an audit finds. */
export const SPOT_CODES = {
  'single-path': {
    level: 'warn',
    sentence: 'A connection has no second path that is up, so a rotation interrupts it.',
    remedy: 'Bring the other tunnel up, or say "allowInterruption": true in the document.',
  },
  'gateway-locked': {
    level: 'fail',
    sentence: 'The VPN gateway is locked for overdue payment; every change would be refused.',
    remedy: 'Settle the account.',
  },
  'gateway-shangmi': {
    level: 'note',
    sentence: 'The VPN gateway uses ShangMi certificates and has no pre-shared key.',
    remedy: 'Nothing to do: no document is written for it.',
  },
  'gateway-not-active': {
    level: 'warn',
    sentence: 'The VPN gateway is being created or deleted.',
    remedy: 'Wait until it is active; until then a run refuses it.',
  },
} as const satisfies Record<string, { level: Level; sentence: string; remedy: string }>;

/** What everybody agrees on; docs/audit.md has the others. */
const BASELINE: Baseline = 'rfc';

/** What says nothing of a fleet that nobody rotates yet, or is said as `single-path`. */
const NOT_YET: ReadonlySet<AuditCode> = new Set(['no-document', 'tunnel-down']);

export function discoveryData(found: Discovered, now: EpochMs): DiscoveryData {
  const { fleet, faults, regions } = found;
  return {
    schema: 'keyturn/discovery/1',
    regions: regions.map((regionId) => ({ regionId, fault: faults.get(regionId) ?? null })),
    gateways: fleet.gateways.map((gateway) => ({
      ...gateway,
      connections: fleet.connections.filter(
        ({ regionId, vpnGatewayId }) =>
          regionId === gateway.regionId && vpnGatewayId === gateway.vpnGatewayId,
      ).length,
    })),
    groups: [...groupsOf(fleet).values()].map((group) => discoveredGroup(group, found)),
    weakSpots: weakSpots(found, now),
    documents: draftsFor(fleet).map(({ text: _text, ...draft }) => ({
      ...draft,
      file: fileOf(draft),
    })),
  };
}

/** Customer gateway ids are unique within a region, and regions never share one in practice. */
export function fileOf({ customerGatewayId }: Pick<Draft, 'customerGatewayId'>): string {
  return `${customerGatewayId.replaceAll(/[^A-Za-z0-9-]/g, '_')}.json`;
}

function discoveredGroup(group: Group, { customerGateways }: Discovered): DiscoveredGroup {
  const { id, regionId, vpnGatewayId, customerGatewayId, members } = group;
  const customer = customerGateways.find(
    (one) => one.regionId === regionId && one.customerGatewayId === customerGatewayId,
  );
  const connections = [...new Set(members.map(({ connection }) => connection))];
  return {
    id,
    regionId,
    vpnGatewayId,
    customerGatewayId,
    customerGatewayName: customer?.name ?? '',
    ipAddress: customer?.ipAddress ?? null,
    connections: connections.map((connection) => ({
      vpnConnectionId: connection.vpnConnectionId,
      name: connection.name,
      kind: connection.kind,
      tunnels: members
        .filter((member) => member.connection === connection)
        .map(({ tunnel }) => {
          const { settings } = tunnel;
          const words = (...values: readonly (string | undefined)[]): string =>
            values.map((value) => value ?? '?').join('/');
          return {
            tunnelId: tunnel.tunnelId,
            role: tunnel.role,
            status: tunnel.sa,
            key: tunnel.key.kind,
            ike: `${settings.ikeVersion ?? '?'} ${words(settings.ikeEncryption, settings.ikeAuthentication, settings.ikePfs)}`,
            ipsec: words(settings.ipsecEncryption, settings.ipsecAuthentication, settings.ipsecPfs),
          };
        }),
    })),
  };
}

function weakSpots(found: Discovered, now: EpochMs): readonly WeakSpot[] {
  const { fleet } = found;
  const { groups } = audit({
    fleet,
    secrets: [],
    unusable: new Map(),
    now,
    maxAgeDays: Number.POSITIVE_INFINITY,
    baselines: [BASELINE],
  });
  // In the order of the groups, as `audit` gives them.
  const ids = [...groupsOf(fleet).keys()];
  const audited = groups.flatMap(({ findings }, at) =>
    findings
      .filter(({ code }) => !NOT_YET.has(code))
      .map((finding) => auditedSpot(finding, ids[at] ?? '')),
  );
  return [...gatewaySpots(found), ...pathSpots(found), ...audited];
}

function auditedSpot({ code, level, detail, crypto, tunnels }: Finding, where: string): WeakSpot {
  const mine = crypto?.against.filter(({ baseline }) => baseline === BASELINE) ?? [];
  const against = mine.map(({ source }) => source);
  const said = [detail, [...new Set(against)].join(', ')].filter((part) => part !== '').join(': ');
  return { code, level, where, detail: said === '' ? tunnels.join(', ') : said };
}

function spot(code: keyof typeof SPOT_CODES, where: string, detail: string): WeakSpot {
  return { code, level: SPOT_CODES[code].level, where, detail };
}

function gatewaySpots({ fleet }: Discovered): readonly WeakSpot[] {
  return fleet.gateways.flatMap((gateway) => {
    const where = `${gateway.regionId}/${gateway.vpnGatewayId}`;
    if (gateway.financialLocked) return [spot('gateway-locked', where, '')];
    if (gateway.shangMi) return [spot('gateway-shangmi', where, '')];
    const fine = gateway.status === 'active' || gateway.status === 'updating';
    return fine ? [] : [spot('gateway-not-active', where, gateway.status)];
  });
}

function pathSpots({ fleet }: Discovered): readonly WeakSpot[] {
  return fleet.connections.flatMap(({ regionId, vpnConnectionId, tunnels }) => {
    const up = tunnels.filter(({ sa }) => sa === 'up').length;
    if (up !== 1) return [];
    const why =
      tunnels.length === 1 ? 'has one tunnel' : `${up} of ${tunnels.length} tunnels is up`;
    return [spot('single-path', `${regionId}/${vpnConnectionId}`, why)];
  });
}
