import type { Change } from './observer.ts';

/**
 * The least time in which anybody could have done these changes, one tunnel at a time and canary first,
 * from the windows that the cloud really drew. Knows nothing of the engine: a waste of calls, of waits or of
 * writes is above it.
 */
export interface Floor {
  /** The canary group by itself. */
  readonly canaryMs: number;
  /** The longest sum of windows of one gateway, the canary's windows left out. */
  readonly gatewayMs: number;
  /** The longest windows and proof waits of one connection. */
  readonly connectionMs: number;
  /** The region with most writes, at the documented rate. */
  readonly rateMs: number;
  readonly totalMs: number;
}

/** `quota` writes are accepted in any minute of one region (API page of the quotas, read November 2026). */
export function floorOf(all: readonly Change[], quota: number): Floor {
  const changes = onePerTunnel(all);
  const canary = changes.filter(({ group }) => group === changes[0]?.group);
  const rest = changes.filter(({ group }) => group !== changes[0]?.group);
  const canaryMs = Math.max(gatewayTime(canary), connectionTime(canary));
  const gatewayMs = gatewayTime(rest);
  const connectionMs = connectionTime(rest);
  const rateMs = Math.max(0, ...[...sums(rest, regionOf, () => 1).values()].map(rateTime(quota)));
  const totalMs = canaryMs + Math.max(gatewayMs, connectionMs, rateMs);
  return { canaryMs, gatewayMs, connectionMs, rateMs, totalMs };
}

/** A tunnel that was written again counts with its last window alone: the others were not needed. */
function onePerTunnel(all: readonly Change[]): readonly Change[] {
  const last = new Map<string, Change>();
  for (const change of all) {
    for (const tunnelId of change.tunnelIds) last.set(tunnelId, change);
  }
  const kept = new Set(last.values());
  return all.filter((change) => kept.has(change));
}

const regionOf = ({ regionId }: Change): string => regionId;

const gatewayTime = (changes: readonly Change[]): number =>
  longest(
    changes,
    ({ link }) => link.vpnGatewayId,
    ({ openedAt, closedAt }) => closedAt - openedAt,
  );

const connectionTime = (changes: readonly Change[]): number =>
  longest(
    changes,
    ({ link }) => link.vpnConnectionId,
    ({ openedAt, upAt }) => upAt - openedAt,
  );

/** `quota` at once, then as many each minute: a sliding window forbids more, and nothing less. */
const rateTime =
  (quota: number) =>
  (writes: number): number =>
    Math.floor(Math.max(0, writes - 1) / quota) * 60_000;

function longest(
  changes: readonly Change[],
  key: (change: Change) => string,
  length: (change: Change) => number,
): number {
  return Math.max(0, ...sums(changes, key, length).values());
}

function sums(
  changes: readonly Change[],
  key: (change: Change) => string,
  length: (change: Change) => number,
): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const change of changes) {
    totals.set(key(change), (totals.get(key(change)) ?? 0) + length(change));
  }
  return totals;
}
