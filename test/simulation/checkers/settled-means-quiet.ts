import type { Checker, RunEnd, World } from '../world.ts';

/** 10: once more after success changes nothing further, and without stale reads not even asks for a change. */
export function settledMeansQuiet(world: World): Checker {
  let settled: string | null = null;
  let settledBy: RunEnd['purpose'] = 'rotate';
  let { wishes } = world;
  const state = (): string =>
    JSON.stringify(
      world.scenario.sites.map((site) => [
        world.tunnels(site).map(({ tunnel }) => tunnel.config),
        world.cloud.kms.secrets.get(site.secret)?.versions,
      ]),
    );
  return {
    promise: 10,
    onRunEnd({ report, crowded, killed, writes, labelMoves, number, purpose }) {
      const now = state();
      // Who asks for what was before, or for something else, asks for a change.
      if (world.wishes !== wishes || (purpose === 'restore' && settledBy === 'rotate'))
        settled = null;
      ({ wishes } = world);
      const stale = (world.cloud.faults.met.get('stale-read') ?? 0) > 0;
      if (settled !== null && !killed && settled !== now) {
        world.violate(10, `run ${number} changed something after everything had converged`);
      }
      if (settled !== null && !killed && !stale && writes + labelMoves > 0) {
        world.violate(10, `run ${number} asked for changes after everything had converged`);
      }
      const fine = report?.outcome === 'unchanged' || report?.outcome === 'converged';
      settled = fine && !crowded && !killed ? now : null;
      settledBy = purpose;
    },
  };
}
