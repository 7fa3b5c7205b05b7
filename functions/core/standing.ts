import { CODES } from './codes.ts';
import type { CodeName, Reason } from './codes.ts';
import { holds } from './compare.ts';
import { tunnelName } from './fleet.ts';
import { refOf } from './groups.ts';
import type { GroupPlan } from './group-plan.ts';
import type { EpochMs } from './units.ts';

export type WaitsFor = 'nobody' | 'next-run' | 'time' | 'far-end' | 'person';

/**
 * How far the rotation to the wanted version got, told from labels and tunnels alone, since no run leaves
 * anything else behind. `unknown` where keys cannot be read.
 */
export type Progress = 'converged' | 'not-begun' | 'under-way' | 'failed' | 'unknown';

export interface Standing {
  readonly waitsFor: WaitsFor;
  readonly progress: Progress;
  /** What stands in the way of the next step; null where nothing does. */
  readonly reason: Reason | null;
}

const FAR_END: ReadonlySet<CodeName> = new Set([
  'peer-not-ready',
  'master-follows',
  'peer-follows',
]);

/** Where one secret stands. `plans` are those of its groups; `dueAt` is when new keys are due, if ever. */
export function standingOf(secret: {
  readonly aim: { readonly waiting: Reason | null; readonly held: Reason | null };
  readonly plans: readonly GroupPlan[];
  readonly dueAt: EpochMs | null;
  readonly now: EpochMs;
}): Standing {
  const { aim, plans, dueAt, now } = secret;
  const { held } = aim;
  if (held !== null) return { waitsFor: 'person', progress: 'failed', reason: held };
  const progress = progressOf(plans);
  const reasons = plans.map(({ reason }) => reason).filter(({ code }) => CODES[code].exit !== 0);
  const stuck = reasons.find(({ code }) => CODES[code].exit !== 3);
  const reason = stuck ?? aim.waiting ?? reasons[0] ?? null;
  if (reason !== null) return { waitsFor: waitedFor(reason), progress, reason };
  const due = dueAt !== null && dueAt <= now;
  const ready = plans.some(({ verdict }) => verdict === 'ready');
  return { waitsFor: due || ready ? 'next-run' : 'nobody', progress, reason: null };
}

function waitedFor({ code }: Reason): WaitsFor {
  if (FAR_END.has(code)) return 'far-end';
  if (code === 'not-before' || code === 'outside-window') return 'time';
  return CODES[code].exit === 3 ? 'next-run' : 'person';
}

function progressOf(plans: readonly GroupPlan[]): Progress {
  const held = plans.flatMap(({ group, wanted }) =>
    group.members.map((member) => {
      const wish = wanted.get(tunnelName(refOf(member)));
      return wish === undefined ? 'unknown' : holds(member.tunnel, wish);
    }),
  );
  if (held.length === 0) return 'not-begun';
  if (held.every((holding) => holding === 'yes')) return 'converged';
  if (held.includes('unknown')) return 'unknown';
  return held.includes('yes') ? 'under-way' : 'not-begun';
}
