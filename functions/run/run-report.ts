import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { Report, TunnelReport } from '../core/report.ts';
import type { EpochMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { isoTime } from './iso-time.ts';

/** Who asked for a run, and what it has called so far. */
export interface Asked {
  /** `timer nightly`, `cli`, …: for the report. */
  readonly trigger: string;
  readonly requestReason: string | null;
  readonly countedCalls: () => Readonly<Record<string, number>>;
}

export type Heading = Omit<Report, 'outcome' | 'groups' | 'secrets' | 'steps' | 'warnings'>;

/** What every report begins with; the run ends now. */
export function heading(run: Run, asked: Asked, startedAt: EpochMs): Heading {
  return {
    schema: 'keyturn/report/1',
    runId: run.runId,
    trigger: asked.trigger,
    requestReason: asked.requestReason,
    apiCalls: asked.countedCalls(),
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(run.ports.clock.now()),
  };
}

/** The report of a run that did not begin. */
export function deferred(run: Run, asked: Asked, why: Reason): Report {
  run.ports.log.event({ kind: 'run-finished', outcome: 'deferred' });
  return {
    ...heading(run, asked, run.ports.clock.now()),
    outcome: 'deferred',
    groups: [],
    secrets: [],
    steps: [],
    warnings: [why],
  };
}

/** What is to be said of changed tunnels whose proof says less than that the key is live. */
export function proofWarnings(tunnels: readonly TunnelReport[]): readonly Reason[] {
  return tunnels
    .filter((tunnel) => tunnel.changed.length > 0)
    .flatMap(({ proof, vpnConnectionId }) => {
      if (proof === 'established') return [reason('unproven', vpnConnectionId)];
      return proof === 'down' ? [reason('was-down', vpnConnectionId)] : [];
    });
}
