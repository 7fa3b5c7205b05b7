import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import { onGateway, sameWish } from './compare.ts';
import type { Wanted } from './compare.ts';
import type { RotationDocument, Target } from './document.ts';
import { tunnelName } from './fleet.ts';
import type { Connection, Fleet } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Group, Member } from './groups.ts';

/** A document in force, with the secret version it comes from. */
export interface Claimant {
  readonly secretName: string;
  readonly versionId: string;
  readonly document: RotationDocument;
}

/** What the documents together say of one group. */
export interface Claim {
  readonly group: Group;
  readonly claimants: readonly Claimant[];
  /** By tunnel name; has every tunnel that any of the documents names. */
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** Not null: the documents cannot be applied to this group. */
  readonly fault: Reason | null;
}

export interface Claims {
  readonly groups: readonly Claim[];
  /** Documents that cannot be matched with the fleet, by secret name. */
  readonly faults: ReadonlyMap<string, Reason>;
}

interface Named {
  readonly member: Member;
  readonly target: Target;
}

/** The tunnels a target names, or why it names none. */
function resolve(
  target: Target,
  connections: ReadonlyMap<string, Connection>,
): readonly Member[] | Reason {
  const place = `${target.path}: ${target.vpnConnectionId} in ${target.regionId}`;
  const connection = connections.get(`${target.regionId}/${target.vpnConnectionId}`);
  if (connection === undefined) return reason('target-not-found', place);
  if (target.tunnelId === null) return connection.tunnels.map((tunnel) => ({ connection, tunnel }));
  const tunnel = connection.tunnels.find((candidate) => candidate.tunnelId === target.tunnelId);
  if (tunnel === undefined) return reason('tunnel-not-found', `${place}, ${target.tunnelId}`);
  return [{ connection, tunnel }];
}

/**
 * Matches documents with the fleet: which group each touches, what every tunnel shall become, and where
 * they cannot be applied: unknown targets, half a group, contradictions. Groups keep the fleet's order.
 */
export function matchClaims(
  claimants: readonly Claimant[],
  fleet: Fleet,
  groups: ReadonlyMap<string, Group>,
): Claims {
  const connections = new Map(
    fleet.connections.map((connection) => [
      `${connection.regionId}/${connection.vpnConnectionId}`,
      connection,
    ]),
  );
  const groupOf = new Map(
    [...groups.values()].flatMap(({ id, members }) =>
      members.map(({ tunnel }) => [tunnel, id] as const),
    ),
  );
  const faults = new Map<string, Reason>();
  const byGroup = new Map<string, Map<Claimant, Map<string, Named>>>();
  for (const claimant of claimants) {
    for (const target of claimant.document.targets) {
      const members = resolve(target, connections);
      if (!Array.isArray(members)) {
        if (!faults.has(claimant.secretName)) faults.set(claimant.secretName, members as Reason);
        continue;
      }
      for (const member of members as readonly Member[]) {
        const id = groupOf.get(member.tunnel);
        if (id === undefined) continue;
        const named = at(
          at(byGroup, id, () => new Map()),
          claimant,
          () => new Map<string, Named>(),
        );
        named.set(tunnelName(refOf(member)), { member, target });
      }
    }
  }
  const claims: Claim[] = [];
  for (const group of groups.values()) {
    const claimed = byGroup.get(group.id);
    if (claimed !== undefined) claims.push(claimOf(group, claimed));
  }
  return { groups: claims, faults };
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function claimOf(group: Group, claimed: ReadonlyMap<Claimant, ReadonlyMap<string, Named>>): Claim {
  const wanted = new Map<string, Wanted>();
  let fault: Reason | null = null;
  for (const [claimant, named] of claimed) {
    const missing = group.members.find((member) => !named.has(tunnelName(refOf(member))));
    if (missing !== undefined) {
      fault ??= reason(
        'group-incomplete',
        `${claimant.secretName} leaves out ${tunnelName(refOf(missing))}`,
      );
    }
    for (const [name, { target }] of named) {
      const wish = onGateway({ key: target.key, settings: target.settings }, group.movingTo);
      const other = wanted.get(name);
      if (other !== undefined && !sameWish(other, wish)) {
        fault ??= reason('documents-contradict', `${claimant.secretName} ${target.path}: ${name}`);
      }
      wanted.set(name, wish);
    }
  }
  return { group, claimants: [...claimed.keys()], wanted, fault };
}
