import type { Checker, World } from '../world.ts';

/** 8: no key in anything that a run wrote. */
export function keysStayInside(world: World): Checker {
  return {
    promise: 8,
    onRunEnd() {
      const text = world.output.join('\n');
      for (const { oldKey, newKey, liveKey, secret } of world.scenario.sites) {
        if ([oldKey, newKey, liveKey].some((key) => text.includes(key))) {
          world.violate(8, `a key of ${secret} stands in the output`);
        }
      }
    },
  };
}
