import { judged } from '../functions/audit/judge.ts';
import { readAuditSettings } from '../functions/audit/settings.ts';
import { auditText } from '../functions/report/audit-text.ts';
import { executionOf } from './execution.ts';
import type { CloudOptions } from './execution.ts';
import { show } from './output.ts';

export interface AuditOptions extends CloudOptions {
  readonly reason?: string;
}

/** What the function `audit` gives back, for this terminal. Gives the exit status: warnings alone are 0. */
export async function audit(options: AuditOptions): Promise<number> {
  const report = await judged(executionOf('plan', options), readAuditSettings(process.env));
  show(report, options.json, auditText);
  return report.verdict === 'fail' || report.verdict === 'unknown' ? 2 : 0;
}
