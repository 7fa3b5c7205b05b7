import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

/**
 * KeyturnHeld is on the version before the first tunnel goes back from it, so that a killed restore goes
 * on as a restore. A run whose attempts at the label all failed may put back all the same: it says so.
 * A write of an attachment restates the other tunnel, by belief where its key is not shown.
 */
export function heldBeforeRestore(world: World): Checker {
  const keys = new Map<string, string>();
  const tried = new Set<string>();
  for (const site of world.scenario.sites) {
    for (const { connection, tunnel } of world.tunnels(site))
      keys.set(`${connection.vpnConnectionId}/${tunnel.tunnelId}`, tunnel.config.ike.Psk);
  }
  return {
    onCall(call, result) {
      const { actor } = world;
      if (result !== null || actor === null || actor === 'person') return;
      const { VersionStage: label, SecretName: secret } = paramsOf(call);
      if (label === 'KeyturnHeld') tried.add(`${actor.run} ${secret}`);
    },
    onEvent(event) {
      const site = event.kind === 'configured' ? world.siteOf(event.id) : null;
      if (site === null) return;
      const name = `${event.id}/${event.tunnelId}`;
      const before = keys.get(name);
      const now = world.seat(event.id, event.tunnelId)?.tunnel.config.ike.Psk ?? '';
      keys.set(name, now);
      const { actor } = world;
      if (actor === null || actor === 'person' || before === now) return;
      if (site.kind === 'attachment' && !world.keysShown()) return;
      for (const secret of site.secrets) {
        const next = world.holder(secret, 'KeyturnNext');
        if (next === null || world.keyIn(next, site) !== before) continue;
        const held = next.labels.includes('KeyturnHeld');
        if (!held && !tried.has(`${actor.run} ${secret}`))
          world.violate('protocol', `${name} went back before ${secret} was marked KeyturnHeld`);
      }
    },
  };
}
