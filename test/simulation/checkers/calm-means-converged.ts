import { excusesOf } from '../excuses.ts';
import type { Checker, World } from '../world.ts';

/** Profiles in which nothing is wrong: other people's changes of a gateway are only waited for. */
const CALM = new Set(['calm', 'contended']);

/**
 * 9, its other half: where nothing is wrong, no run ends in need of a person, with nothing lost on the way,
 * every far end ready, and no limit on its time.
 */
export function calmMeansConverged(world: World): Checker {
  const calm = CALM.has(world.options.profile);
  return {
    onRunEnd({ report, error, number }) {
      if (!calm) return;
      if (error !== null) world.violate(9, `run ${number} threw though nothing was wrong`);
      for (const group of report?.groups ?? []) {
        const { customerGatewayId, verdict, reason } = group;
        if (verdict === 'converged' || verdict === 'waiting') continue;
        const site = world.siteOfGroup(group);
        if (site !== null && excusesOf(world, site).has(reason.code)) continue;
        world.violate(
          9,
          `run ${number}: nothing was wrong, and ${customerGatewayId} ended ${verdict} ${reason.code} ${reason.detail}`,
        );
      }
    },
  };
}
