import type { Reason } from './codes.ts';
import { outcomeOf } from './report.ts';
import type { Report } from './report.ts';

/** What one shard contributes to the report of the whole run. */
export type ShardReport = Pick<Report, 'groups' | 'secrets' | 'steps' | 'warnings' | 'apiCalls'>;

export const EMPTY_SHARD: ShardReport = {
  groups: [],
  secrets: [],
  steps: [],
  warnings: [],
  apiCalls: {},
};

/** One report of one schema over everything that shards and their dispatcher did. */
export function combineReports(
  heading: Omit<Report, keyof ShardReport | 'outcome'>,
  parts: readonly ShardReport[],
): Report {
  const groups = parts.flatMap((part) => part.groups);
  const secrets = parts
    .flatMap((part) => part.secrets)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const steps = parts.flatMap((part) => part.steps);
  return {
    ...heading,
    groups,
    secrets,
    steps,
    warnings: withoutRepeats(parts.flatMap((part) => part.warnings)),
    apiCalls: sumOf(parts.map((part) => part.apiCalls)),
    outcome: outcomeOf({ groups, secrets, wrote: steps.some((step) => step.requests > 0) }),
  };
}

/** A later report of the same shard goes over an earlier one, and what was done before stays done. */
export function followedBy(earlier: ShardReport, later: ShardReport): ShardReport {
  const groups = new Set(later.groups.map(groupName));
  const secrets = new Set(later.secrets.map(({ name }) => name));
  return {
    groups: [...earlier.groups.filter((group) => !groups.has(groupName(group))), ...later.groups],
    secrets: [...earlier.secrets.filter(({ name }) => !secrets.has(name)), ...later.secrets],
    steps: [...earlier.steps, ...later.steps],
    warnings: [...earlier.warnings, ...later.warnings],
    apiCalls: sumOf([earlier.apiCalls, later.apiCalls]),
  };
}

function groupName(group: Report['groups'][number]): string {
  const { regionId, vpnGatewayId, customerGatewayId, tunnels } = group;
  const lane = vpnGatewayId ?? tunnels[0]?.vpnConnectionId ?? '';
  return `${regionId}/${lane}/${customerGatewayId}`;
}

function withoutRepeats(warnings: readonly Reason[]): readonly Reason[] {
  return [...new Map(warnings.map((one) => [`${one.code} ${one.detail}`, one])).values()];
}

function sumOf(calls: readonly Report['apiCalls'][]): Report['apiCalls'] {
  const sums = new Map<string, number>();
  for (const [operation, count] of calls.flatMap(Object.entries<number>)) {
    sums.set(operation, (sums.get(operation) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
