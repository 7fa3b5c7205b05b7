import { reason } from './codes.ts';
import type { Report } from './report.ts';
import { outcomeOf } from './report.ts';

/** How often one run may be handed on. At an hour each: a fleet that takes two days should be sharded. */
export const CONTINUATIONS_MAX = 48;

/** Secrets whose work the run's time did not suffice for. */
export function leftForTime({ groups, secrets }: Pick<Report, 'groups' | 'secrets'>) {
  const groupsLeft = groups.filter((group) => group.reason.code === 'out-of-time');
  const secretsLeft = secrets.filter((secret) => secret.reason?.code === 'out-of-time');
  const names = [...groupsLeft.flatMap((group) => group.secrets), ...secretsLeft.map(nameOf)];
  return [...new Set(names)].sort();
}

const nameOf = ({ name }: { readonly name: string }): string => name;

/**
 * Whether what is left is handed to a fresh invocation. One that got nothing done would only be followed
 * by others like it: then the function's time is too short, and a person has to hear of it.
 */
export function mayContinue(report: Report, continuation: number): boolean {
  if (continuation >= CONTINUATIONS_MAX || leftForTime(report).length === 0) return false;
  return report.steps.some((step) => step.result === 'done') || report.secrets.some(isPromoted);
}

const isPromoted = ({ promoted }: { readonly promoted: boolean }): boolean => promoted;

/** The id of the task that goes on with a run or, given its task id, with a shard. */
export function continuationId(base: string, continuation: number): string {
  return `${base}_c${continuation}`;
}

/** The report of an invocation whose leftover another one has: nothing in it waits for a person. */
export function continuedReport(report: Report, taskId: string): Report {
  const goesOn = reason('continued', taskId);
  const groups = report.groups.map((group) =>
    group.reason.code === 'out-of-time' ? { ...group, reason: goesOn } : group,
  );
  const secrets = report.secrets.map((secret) =>
    secret.reason?.code === 'out-of-time' ? { ...secret, reason: goesOn } : secret,
  );
  const wrote = report.steps.some((step) => step.requests > 0);
  return { ...report, groups, secrets, outcome: outcomeOf({ groups, secrets, wrote }) };
}
