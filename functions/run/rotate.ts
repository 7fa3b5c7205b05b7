import { KeyturnError } from '../core/codes.ts';
import type { Report } from '../core/report.ts';
import type { Task } from '../core/task.ts';
import type { Run } from './context.ts';
import { gatherSecrets, secretNames } from './gather.ts';
import { paced } from './governor.ts';
import { handOn } from './hand-on.ts';
import { withKnownConnections } from './known-connections.ts';
import { claimOf, followLease, takeLease } from './lease.ts';
import type { Taking } from './lease.ts';
import type { Purpose } from './prepare.ts';
import { deferred, heading } from './run-report.ts';
import type { Asked } from './run-report.ts';
import { warn } from './warn.ts';
import type { workOff } from './work.ts';

export interface RotateRequest extends Asked {
  /** Names, the last may be a prefix that ends in `*`. */
  readonly secrets: readonly string[];
  /** Name of the lease secret; null: only the caller's own serialisation keeps runs apart. */
  readonly leaseSecret: string | null;
  /** What Keyturn says to an invocation that it starts itself; null for everybody else's. */
  readonly task: Task | null;
  /** The function that goes on where this run's time ends; null: nobody does. */
  readonly successor: string | null;
  /** Fingerprint of a plan that somebody approved: the run does that, or nothing. */
  readonly approved?: string;
}

/** What comes after the secrets are read. It is most of the code, so a function loads it only then. */
export type LoadEngine = () => Promise<{ readonly workOff: typeof workOff }>;

/**
 * Gathers, plans, applies, proves, promotes and reports, under the lease where one is configured. Gives
 * the report; throws a KeyturnError only where nothing was begun.
 */
export function rotate(run: Run, request: RotateRequest, engine: LoadEngine): Promise<Report> {
  return underLease(run, request, 'rotate', engine);
}

/** The same for a person who wants back what was before: see docs/decisions/20261126-restore-is-a-rotation.md. */
export function restore(run: Run, request: RotateRequest, engine: LoadEngine): Promise<Report> {
  // A window is for what can wait.
  const options = { ...run.options, ignoreWindow: true };
  return underLease({ ...run, options }, request, 'restore', engine);
}

async function underLease(
  unpaced: Run,
  request: RotateRequest,
  purpose: Purpose,
  engine: LoadEngine,
): Promise<Report> {
  const { run, governor } = paced(withKnown(unpaced));
  const startedAt = run.ports.clock.now();
  const names = await secretNames(run, request.secrets);
  run.ports.log.event({ kind: 'run-started', runId: run.runId, secrets: names });
  const work = async (run: Run): Promise<Report> => {
    const gathered = await gatherSecrets(run, names, purpose);
    const { workOff } = await engine();
    const done = await workOff(run, request, { names, gathered, purpose, governor });
    return { ...heading(run, request, startedAt), ...done };
  };
  if (request.leaseSecret === null) {
    warn(run, 'no-lease');
    const report = await work(run);
    return (await handOn(run, { ...request, action: purpose }, report)).report;
  }
  const taking = await comeUnderLease(run, request, request.leaseSecret);
  switch (taking.kind) {
    case 'deferred':
      return deferred(run, request, taking.reason);
    case 'failed':
      throw new KeyturnError(taking.reason.code, taking.reason.detail);
    case 'held': {
      const leased = { ...run, lease: taking.lease };
      let handedOn = false;
      try {
        const report = await work(leased);
        const end = await handOn(leased, { ...request, action: purpose }, report);
        ({ handedOn } = end);
        return end.report;
      } finally {
        if (!handedOn) await taking.lease.release();
      }
    }
  }
}

function withKnown(run: Run): Run {
  return { ...run, ports: { ...run.ports, vpn: withKnownConnections(run.ports.vpn) } };
}

/** A shard works under the lease of its dispatcher; every other run takes its own. */
function comeUnderLease(run: Run, { task }: RotateRequest, leaseSecret: string): Promise<Taking> {
  const holder = task?.shard?.leaseHolder ?? null;
  if (holder !== null) return followLease(run, leaseSecret, holder);
  return takeLease(run, leaseSecret, claimOf(run, task?.continuation ?? 0));
}
