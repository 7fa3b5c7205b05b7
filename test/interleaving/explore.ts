import type { Case } from './cases.ts';
import { play } from './play.ts';
import type { Schedule } from './play.ts';

export interface Explored {
  readonly name: string;
  readonly orderings: number;
  /** Calls of both runs in the longest ordering. */
  readonly calls: number;
  readonly failure: { readonly schedule: Schedule; readonly violations: readonly string[] } | null;
}

/** A worker's part of the schedules: those whose first choice is its own, counted round. */
export interface Share {
  readonly at: number;
  readonly of: number;
}

/**
 * Every ordering of the calls of two processes with at most so many preemptions, by playing each from the
 * beginning: a schedule's own length says where the next preemption can be. Stops at the first failure.
 */
export async function explore(which: Case, share: Share): Promise<Explored> {
  const found = { orderings: 0, calls: 0, failure: null as Explored['failure'] };
  const visit = async (schedule: Schedule, isMine: boolean): Promise<number> => {
    const { calls, violations, killed } = await play(which, schedule);
    if (isMine) found.orderings += 1;
    found.calls = Math.max(found.calls, calls);
    if (violations.length > 0) found.failure ??= { schedule, violations };
    return schedule.killAfter > 0 && !killed ? 0 : calls;
  };
  if (which.kills) await visitKills(visit, found, share);
  else await visitPreemptions(which, visit, found, share);
  return { name: which.name, ...found };
}

type Visit = (schedule: Schedule, isMine: boolean) => Promise<number>;

async function visitKills(
  visit: Visit,
  found: { readonly failure: Explored['failure'] },
  { at, of }: Share,
): Promise<void> {
  for (let killAfter = 1 + at; found.failure === null; killAfter += of) {
    if ((await visit({ preemptions: [], killAfter }, true)) === 0) return;
  }
}

async function visitPreemptions(
  { preemptions: bound }: Case,
  visit: Visit,
  found: { readonly failure: Explored['failure'] },
  { at, of }: Share,
): Promise<void> {
  const below = async (preemptions: readonly number[], calls: number): Promise<void> => {
    if (preemptions.length === bound) return;
    for (let next = (preemptions.at(-1) ?? -1) + 1; next < calls; next += 1) {
      if (preemptions.length === 0 && next % of !== at) continue;
      if (found.failure !== null) return;
      const longer = [...preemptions, next];
      await below(longer, await visit({ preemptions: longer, killAfter: 0 }, true));
    }
  };
  await below([], await visit({ preemptions: [], killAfter: 0 }, at === 0));
}
