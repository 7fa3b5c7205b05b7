import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

/**
 * 2, under a lease: runs do not take turns. Once another run has written, one that wrote before it does
 * not write again; that is all that can be seen from outside, and all that matters.
 */
export function oneRunWrites(world: World): Checker {
  const done = new Set<number>();
  let writer: number | null = null;
  return {
    onCall(call, result) {
      const { actor } = world;
      if (result !== null || !world.options.lease || actor === null || actor === 'person') return;
      const { SecretName: secret } = paramsOf(call);
      const labels = /^(Put|Update)Secret/.test(call.action);
      const write = call.action.startsWith('Modify') || labels;
      if (!write || secret === world.scenario.leaseSecret) return;
      if (done.has(actor.run))
        world.violate(2, `run ${actor.run} sent ${call.action} after run ${writer} had taken over`);
      if (writer !== null && writer !== actor.run) done.add(writer);
      writer = actor.run;
    },
  };
}
