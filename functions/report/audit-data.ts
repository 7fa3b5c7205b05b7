import { AUDIT_CODES } from '../core/audit-codes.ts';
import { audit, worst } from '../core/audit.ts';
import type { AuditVerdict, AuditedGroup, AuditedSecret, Finding } from '../core/audit.ts';
import { BASELINES } from '../core/baselines.ts';
import type { Baseline } from '../core/baselines.ts';
import type { EpochMs } from '../core/units.ts';
import { roomFor } from '../core/versions.ts';
import { isoTime } from '../run/iso-time.ts';
import type { Prepared } from '../run/prepare.ts';

export interface AuditHeading {
  readonly runId: string;
  readonly trigger: string;
  /** Who asked and why, in the words of the command. */
  readonly requestReason: string | null;
}

/** What `keyturn-audit` gives back. Its shape is docs/schemas/audit.schema.json. */
export interface AuditReport extends AuditHeading {
  readonly schema: 'keyturn/audit/1';
  readonly verdict: AuditVerdict;
  readonly maxAgeDays: number;
  readonly baselines: readonly { readonly id: Baseline; readonly title: string }[];
  readonly groups: readonly AuditedGroup[];
  readonly secrets: readonly (Omit<AuditedSecret, 'dueAt'> & { readonly dueAt: string | null })[];
  /** ISO 8601, UTC. */
  readonly auditedAt: string;
}

/** The verdicts of everything that was gathered. */
export function auditReport(
  prepared: Prepared,
  heading: AuditHeading,
  rules: {
    readonly now: EpochMs;
    readonly maxAgeDays: number;
    readonly baselines: readonly Baseline[];
  },
): AuditReport {
  const { groups, secrets } = audit({
    ...rules,
    fleet: prepared.fleet,
    unusable: prepared.unusable,
    secrets: prepared.secrets.map(({ snapshot, aim }) => ({
      snapshot,
      waiting: aim.waiting,
      full: roomFor(snapshot.versions) === 0,
    })),
  });
  return {
    schema: 'keyturn/audit/1',
    ...heading,
    verdict: worst([...groups, ...secrets].map(({ verdict }) => verdict)),
    maxAgeDays: rules.maxAgeDays,
    baselines: rules.baselines.map((id) => ({ id, title: BASELINES[id] })),
    groups,
    secrets: secrets.map((secret) => ({
      ...secret,
      dueAt: secret.dueAt === null ? null : isoTime(secret.dueAt),
    })),
    auditedAt: isoTime(rules.now),
  };
}

/** One line for each finding that is more than a note, then the report: alarms are set on these. */
export function auditLines(report: AuditReport): readonly string[] {
  const line = (level: string, event: string, fields: object): string =>
    JSON.stringify({ time: report.auditedAt, level, run: report.runId, event, ...fields });
  const about = (where: string, findings: readonly Finding[]): readonly string[] =>
    findings
      .filter(({ level }) => level !== 'note')
      .map(({ code, level, tunnels, detail }) =>
        line(LEVELS[level], 'finding', {
          where,
          code,
          tunnels,
          detail,
          remedy: AUDIT_CODES[code].remedy,
        }),
      );
  return [
    ...report.groups.flatMap((group) =>
      about(`${group.vpnGatewayId ?? group.regionId}/${group.customerGatewayId}`, group.findings),
    ),
    ...report.secrets.flatMap(({ name, findings }) => about(name, findings)),
    line(report.verdict === 'pass' ? 'info' : 'warn', 'audit', { report }),
  ];
}

const LEVELS = { fail: 'error', warn: 'warn', note: 'info' } as const;
