import { auditReport } from '../report/audit-data.ts';
import type { AuditReport } from '../report/audit-data.ts';
import { planOnly } from '../rotate/plan-only.ts';
import type { Execution } from '../rotate/execute.ts';
import { systemClock } from '../rotate/system.ts';
import type { AuditSettings } from './settings.ts';

/**
 * Reads what an execution's command names and judges it; writes nothing, whatever action the command asks
 * for. Throws a KeyturnError where it could not be begun.
 */
export async function judged(execution: Execution, rules: AuditSettings): Promise<AuditReport> {
  const command = { ...execution.command, action: 'plan' } as const;
  const { prepared, runId } = await planOnly({ ...execution, command });
  const { trigger, reason: requestReason } = command;
  return auditReport(
    prepared,
    { runId, trigger, requestReason },
    { now: systemClock.now(), ...rules },
  );
}
