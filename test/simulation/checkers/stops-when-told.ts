import type { Checker, World } from '../world.ts';

/** A run that was asked to stop, or whose time is over, sends no write towards a new key any more. */
export function stopsWhenTold(world: World): Checker {
  return {
    onCall(call, result) {
      const { actor } = world;
      if (result !== null || actor === null || actor === 'person') return;
      if (!call.action.startsWith('Modify')) return;
      const site = world.siteOf(call.query['VpnConnectionId'] ?? '');
      const key = site === null ? null : world.wantedKey(site);
      if (key === null || site?.kind === 'attachment' || !actor.stopped) return;
      // A write of an attachment restates the other tunnel, whose key may be the new one.
      const forward = Object.values(call.query).some((value) => value?.includes(key) ?? false);
      if (forward) world.violate('protocol', `run ${actor.run} went on after it was told to stop`);
    },
  };
}
