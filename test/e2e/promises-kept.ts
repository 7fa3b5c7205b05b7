/** What may never be, however a run ends: looked for after every event of the local cloud, across runs. */
import type { LocalCloud } from '../../local/server.ts';
import { keysOf } from './harness.ts';

/** Gives, when called, every breach so far and now; none is the empty list. */
export function watchPromises(local: LocalCloud): () => readonly string[] {
  const first = keysOf(local);
  const breaches = new Set<string>();
  const look = (): void => {
    for (const connection of local.cloud.vpc.connections.values()) {
      if (!connection.tunnels.some(({ session }) => session.status === 'ipsec_sa_established'))
        breaches.add(`no tunnel of ${connection.vpnConnectionId} is up`);
    }
    const texts = [...local.cloud.kms.secrets.values()].flatMap(({ versions }) =>
      versions.map(({ data }) => data),
    );
    const stored = (key: string): boolean => texts.some((text) => text.includes(key));
    for (const [tunnel, key] of Object.entries(keysOf(local))) {
      const before = first[tunnel] ?? '';
      if (key === before) continue;
      if (!stored(key)) breaches.add(`${tunnel} has a key that stands in no version`);
      if (!stored(before)) breaches.add(`the key that ${tunnel} had stands in no version`);
    }
  };
  local.cloud.vpc.observers.push(look);
  return () => {
    local.cloud.vpc.events.advance(local.cloud.now());
    look();
    return [...breaches];
  };
}
