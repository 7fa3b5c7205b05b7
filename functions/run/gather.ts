import { parseBefore } from '../core/before.ts';
import type { BeforeRecord } from '../core/before.ts';
import { KeyturnError, reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { ParsedDocument } from '../core/document.ts';
import type { Connection, Fleet, VpnGateway } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import type { SecretSnapshot, SecretVersion } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { gatherLabelled } from './gather-labelled.ts';
import { PAGE_SIZE, namesWith, readAll } from './pages.ts';
import { reliably } from './retry.ts';
import { sideBySide } from './side-by-side.ts';

/** Names, with one trailing `*` expanded by the store. Throws a KeyturnError when there is none. */
export async function secretNames(run: Run, wanted: readonly string[]): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const name of wanted) {
    if (!name.endsWith('*')) {
      names.add(name);
      continue;
    }
    const listed = await namesWith(run, name.slice(0, -1));
    if (listed.kind !== 'ok') {
      const why = reasonOf(listed, name);
      throw new KeyturnError(why.code, why.detail);
    }
    for (const found of listed.value) names.add(found);
  }
  if (names.size === 0) throw new KeyturnError('no-secrets', wanted.join(','));
  return [...names].sort();
}

export type GatheredSecret =
  | { readonly kind: 'snapshot'; readonly snapshot: SecretSnapshot }
  | { readonly kind: 'none'; readonly name: string; readonly reason: Reason };

/** Enough to use up the rate of KMS at its usual answer times, and no more in memory. */
const SECRETS_AT_ONCE = 32;

/** All named secrets, in the order of their names. */
export function gatherSecrets(
  run: Run,
  names: readonly string[],
  purpose: 'rotate' | 'restore',
): Promise<readonly GatheredSecret[]> {
  return sideBySide(names, SECRETS_AT_ONCE, (name) =>
    gatherSecret(run, name, purpose === 'restore'),
  );
}

/**
 * Versions and labels of one secret, with the documents of the versions that this run decides on. `back`:
 * the one before the current version is among them.
 */
export async function gatherSecret(run: Run, name: string, back: boolean): Promise<GatheredSecret> {
  const usual = back ? null : await gatherLabelled(run, name);
  if (usual !== null) return { kind: 'snapshot', snapshot: usual };
  const listed = await reliably(run, () => run.ports.secrets.listVersions(name));
  if (listed.kind === 'notFound')
    return { kind: 'none', name, reason: reason('secret-not-found', name) };
  if (listed.kind !== 'ok') return { kind: 'none', name, reason: reasonOf(listed, name) };
  const documents = new Map<string, ParsedDocument>();
  const versions = listed.value;
  // A current version that is held goes back to the one before it.
  const held = holderOf({ versions }, LABELS.current)?.labels.includes(LABELS.held) ?? false;
  const labels = [LABELS.current, LABELS.next, ...(back || held ? [LABELS.previous] : [])];
  for (const label of labels) {
    const holder = holderOf({ versions }, label);
    if (holder === null || documents.has(holder.versionId)) continue;
    const read = await readDocument(run, name, holder.versionId);
    if (read.kind !== 'ok') return { kind: 'none', name, reason: reasonOf(read, name) };
    documents.set(holder.versionId, read.value);
  }
  const before = await readBefore(run, name, versions);
  if (before.kind !== 'ok') return { kind: 'none', name, reason: reasonOf(before, name) };
  return { kind: 'snapshot', snapshot: { name, versions, documents, before: before.value } };
}

async function readBefore(
  run: Run,
  name: string,
  versions: readonly SecretVersion[],
): Promise<Outcome<BeforeRecord | null>> {
  const holder = holderOf({ versions }, LABELS.before);
  if (holder === null) return { kind: 'ok', value: null };
  const read = await reliably(run, () => run.ports.secrets.readVersion(name, holder.versionId));
  return read.kind === 'ok' ? { kind: 'ok', value: parseBefore(read.value.expose()) } : read;
}

export async function readDocument(
  run: Run,
  name: string,
  versionId: string,
): Promise<Outcome<ParsedDocument>> {
  const read = await reliably(run, () => run.ports.secrets.readVersion(name, versionId));
  if (read.kind !== 'ok') return read;
  return { kind: 'ok', value: await run.parseDocument(read.value.expose()) };
}

export interface GatheredFleet {
  readonly fleet: Fleet;
  /** Regions that could not be read. */
  readonly faults: ReadonlyMap<string, Reason>;
}

/** Every VPN gateway and connection of the regions, read side by side. */
export async function gatherFleet(run: Run, regions: readonly string[]): Promise<GatheredFleet> {
  const faults = new Map<string, Reason>();
  const gateways: VpnGateway[] = [];
  const connections: Connection[] = [];
  const read = await Promise.all(
    regions.map(async (regionId) => {
      const [gateways, connections] = await Promise.all([
        readGateways(run, regionId),
        readConnections(run, regionId),
      ]);
      return { regionId, gateways, connections };
    }),
  );
  for (const region of read) {
    const failed = [region.gateways, region.connections].find((outcome) => outcome.kind !== 'ok');
    if (failed !== undefined) {
      faults.set(region.regionId, reasonOf(failed, region.regionId));
      continue;
    }
    if (region.gateways.kind === 'ok') gateways.push(...region.gateways.value);
    if (region.connections.kind === 'ok') connections.push(...region.connections.value);
  }
  return { fleet: { gateways, connections }, faults };
}

/** Which gateways: all of the region, or the one that is named (none where it is gone). */
export function readGateways(
  run: Run,
  regionId: string,
  only: { readonly vpnGatewayId?: string } = {},
): Promise<Outcome<readonly VpnGateway[]>> {
  return readAll(
    run,
    (gateway) => gateway.vpnGatewayId,
    (pageNumber) =>
      run.ports.vpn.listVpnGateways({ regionId, pageNumber, pageSize: PAGE_SIZE, ...only }),
  );
}

/**
 * Which connections: all of the region, those of one VPN gateway (50 a page, so one request for as many as
 * its quota lets it have), or the one that is named (none where it is gone).
 */
export function readConnections(
  run: Run,
  regionId: string,
  only: { readonly vpnGatewayId?: string; readonly vpnConnectionId?: string } = {},
  attempts?: number,
): Promise<Outcome<readonly Connection[]>> {
  return readAll(
    run,
    (connection) => connection.vpnConnectionId,
    (pageNumber) =>
      run.ports.vpn.listVpnConnections({ regionId, pageNumber, pageSize: PAGE_SIZE, ...only }),
    attempts,
  );
}
