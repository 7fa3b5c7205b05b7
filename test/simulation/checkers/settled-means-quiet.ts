import type { Checker, World } from '../world.ts';

/** 10: once more after success changes nothing further. */
export function settledMeansQuiet(world: World): Checker {
  let settled = false;
  return {
    promise: 10,
    onRunEnd({ report, crowded, killed, writes, labelMoves, number }) {
      if (settled && !killed && (writes > 0 || labelMoves > 0)) {
        world.violate(10, `run ${number} changed something after everything had converged`);
      }
      const fine = report?.outcome === 'unchanged' || report?.outcome === 'converged';
      settled = fine && !crowded && !killed;
    },
  };
}
