import type { EpochMs } from '../core/units.ts';
import { isoTime } from '../run/iso-time.ts';
import type { Prepared } from '../run/prepare.ts';
import { planData } from './plan-data.ts';
import type { PlanData, PlannedGroup } from './plan-data.ts';

/** A plan with what it takes to carry out just that: what `plan --json` prints and `plan --out` stores. */
export interface PlanFile extends PlanData {
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Of KMS. */
  readonly regionId: string;
  /** Of the state that the plan was made from. */
  readonly fingerprint: string;
}

export function planFile(
  planned: { readonly prepared: Prepared; readonly fingerprint: string },
  at: { readonly now: EpochMs; readonly regionId: string },
): PlanFile {
  const { schema, ...data } = planData(planned.prepared);
  const { fingerprint } = planned;
  return { schema, madeAt: isoTime(at.now), regionId: at.regionId, fingerprint, ...data };
}

export type ReadPlan =
  | { readonly kind: 'plan'; readonly plan: PlanFile }
  | { readonly kind: 'fault'; readonly rule: string };

/** Reads a stored plan. What only people read of it is taken as it stands. */
export function readPlanFile(text: string): ReadPlan {
  const fault = (rule: string): ReadPlan => ({ kind: 'fault', rule });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('must be JSON');
  }
  if (typeof value !== 'object' || value === null) return fault('must be an object');
  const plan = value as Partial<Record<keyof PlanFile, unknown>>;
  if (plan.schema !== 'keyturn/plan/1') return fault('schema must be keyturn/plan/1');
  if (!matches(plan.fingerprint, /^[0-9a-f]{64}$/))
    return fault('fingerprint must be 64 hex digits');
  if (!matches(plan.regionId, /^[a-z0-9-]+$/)) return fault('regionId must be the id of a region');
  const { secrets, groups } = plan;
  if (
    !Array.isArray(secrets) ||
    secrets.length === 0 ||
    !secrets.every((name) => matches(name, /^[^*,]+$/))
  ) {
    return fault('secrets must be a list of names');
  }
  if (!Array.isArray(groups) || !groups.every((group) => typeof group?.id === 'string')) {
    return fault('groups must be a list');
  }
  return { kind: 'plan', plan: value as PlanFile };
}

const matches = (value: unknown, shape: RegExp): boolean =>
  typeof value === 'string' && shape.test(value);

/** What is different now from when a plan was made, a line each, as far as a plan shows it. */
export function movedSince(then: PlanData, now: PlanData): readonly string[] {
  const before = byId(then);
  const after = byId(now);
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const groups = ids.flatMap((id) => {
    const [old, current] = [before.get(id), after.get(id)];
    if (old === undefined) return [`${id} was not in it`];
    if (current === undefined) return [`${id} is gone`];
    return groupMoved(old, current).map((what) => `${id} ${what}`);
  });
  const broken = now.unusable.filter(({ name }) => !then.unusable.some((old) => old.name === name));
  return [
    ...groups,
    ...broken.map(({ name, reason }) => `${name} cannot be used (${reason.code})`),
  ];
}

const byId = ({ groups }: PlanData): ReadonlyMap<string, PlannedGroup> =>
  new Map(groups.map((group) => [group.id, group]));

function groupMoved(old: PlannedGroup, current: PlannedGroup): readonly string[] {
  if (old.verdict !== current.verdict || old.reason.code !== current.reason.code) {
    const was = ({ verdict, reason }: PlannedGroup): string => `${verdict} (${reason.code})`;
    return [`was ${was(old)} and is ${was(current)}`];
  }
  const steps = (group: PlannedGroup): string => JSON.stringify([group.direction, group.steps]);
  return steps(old) === steps(current) ? [] : ['would take other steps'];
}
