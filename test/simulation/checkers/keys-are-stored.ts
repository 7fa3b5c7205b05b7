import type { Site } from '../scenario.ts';
import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

/**
 * 1: the key on every tunnel stands in a stored version, or nobody has overwritten it; no readable key is
 * lost. What people do to tunnels and versions is theirs to answer for.
 */
export function keysAreStored(world: World): Checker {
  const last = new Map<string, string>();
  /** Keys that a run has overwritten, by site. They have to stay in a version. */
  const overwritten = new Map<Site, Set<string>>();
  const eachTunnel = (site: Site, visit: (name: string, key: string) => void): void => {
    for (const { connection, tunnel } of world.tunnels(site))
      visit(`${connection.vpnConnectionId}/${tunnel.tunnelId}`, tunnel.config.ike.Psk);
  };
  for (const site of world.scenario.sites) eachTunnel(site, (name, key) => last.set(name, key));
  const isStored = (site: Site, key: string): boolean =>
    world.stored(site).some((text) => text.includes(key));
  /** The connection that the call under way writes. */
  let written = '';
  return {
    onCall(call, result) {
      written = result === null ? (paramsOf(call)['VpnConnectionId'] ?? '') : '';
    },
    onEvent(event) {
      const site = event.kind === 'configured' ? world.siteOf(event.id) : null;
      if (site === null) return;
      const name = `${event.id}/${event.tunnelId}`;
      const key = world.seat(event.id, event.tunnelId)?.tunnel.config.ike.Psk ?? '';
      const before = last.get(name) ?? '';
      if (key === before) return;
      last.set(name, key);
      if (world.actor === 'person') return;
      if (!isStored(site, key)) world.violate(1, `${name} got a key that no version holds`);
      // What is not shown now and then may not be the believed key. And a write that lands late may meet a key that somebody has set since it was sent.
      if (!world.keysShown() || (world.actor === null && world.acts > 0)) return;
      // So may a sibling that the service itself keeps on the key of the one that is written.
      if (event.id !== written && world.acts > 0) return;
      if (!isStored(site, before))
        world.violate(1, `the key of ${name} was overwritten and stands in no version`);
      overwritten.set(site, (overwritten.get(site) ?? new Set()).add(before));
    },
    onRunEnd({ number }) {
      for (const [site, keys] of overwritten) {
        for (const key of keys) {
          if (isStored(site, key)) continue;
          world.violate(1, `run ${number}: a key that ${site.customerGateway} had is gone`);
        }
      }
    },
  };
}
