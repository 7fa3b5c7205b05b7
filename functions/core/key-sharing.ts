import type { Target } from './document.ts';
import type { Connection, Tunnel } from './fleet.ts';

interface MemberOf {
  readonly groupId: string;
  readonly connection: Connection;
  readonly tunnel: Tunnel;
}

/**
 * Which targets of a document must have one key: those whose tunnels are in one group, and those that a
 * target over several groups ties together. Gives each target's number of the shared key, from 0.
 */
export function sharedKeys(
  targets: readonly Target[],
  members: readonly MemberOf[],
): ReadonlyMap<Target, number> {
  const groupsOf = new Map(
    targets.map((target) => [
      target,
      new Set(members.filter((member) => names(target, member)).map((member) => member.groupId)),
    ]),
  );
  const keys = new Map<Target, number>();
  let next = 0;
  for (const first of targets) {
    if (keys.has(first)) continue;
    const reached = new Set(groupsOf.get(first));
    const sharing = new Set([first]);
    for (let before = 0; before !== sharing.size;) {
      before = sharing.size;
      for (const [target, groups] of groupsOf) {
        if (![...groups].some((group) => reached.has(group))) continue;
        sharing.add(target);
        for (const group of groups) reached.add(group);
      }
    }
    for (const target of sharing) keys.set(target, next);
    next += 1;
  }
  return keys;
}

function names(target: Target, { connection, tunnel }: MemberOf): boolean {
  return (
    target.regionId === connection.regionId &&
    target.vpnConnectionId === connection.vpnConnectionId &&
    (target.tunnelId === null || target.tunnelId === tunnel.tunnelId)
  );
}
