import type { Checker, World } from '../world.ts';

/** 1: the key on every tunnel stands in a stored version, or nobody has overwritten it; no readable key is lost. */
export function keysAreStored(world: World): Checker {
  const last = new Map<string, string>();
  for (const site of world.scenario.sites) {
    for (const { tunnel, connection } of world.tunnels(site)) {
      last.set(`${connection.vpnConnectionId}/${tunnel.tunnelId}`, tunnel.config.ike.Psk);
    }
  }
  const readable = world.options.switches.keyOnRead === 'plain';
  return {
    promise: 1,
    onEvent(event) {
      const site = event.kind === 'configured' ? world.siteOf(event.id) : null;
      if (site === null) return;
      const name = `${event.id}/${event.tunnelId}`;
      const found = world
        .tunnels(site)
        .find(
          ({ connection, tunnel }) => `${connection.vpnConnectionId}/${tunnel.tunnelId}` === name,
        );
      const key = found?.tunnel.config.ike.Psk ?? '';
      const before = last.get(name) ?? '';
      if (key === before) return;
      const stored = world.stored(site);
      if (!stored.some((text) => text.includes(key)))
        world.violate(1, `${name} got a key that no version holds`);
      if (readable && !stored.some((text) => text.includes(before))) {
        world.violate(1, `the key of ${name} was overwritten and stands in no version`);
      }
      last.set(name, key);
    },
  };
}
