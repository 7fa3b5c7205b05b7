import { CODES } from '../core/codes.ts';
import type { GroupReport, Outcome, Report } from '../core/report.ts';
import { parseInstant } from '../run/iso-time.ts';
import { reasonText } from './reason-text.ts';
import { column, paint, printable, shorten } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';
import { GLYPH } from './verdict-glyph.ts';

const OUTCOMES: Readonly<Record<Outcome, readonly [string, Colour]>> = {
  converged: ['every group holds its wanted keys and settings', 'green'],
  unchanged: ['everything was already as wanted', 'green'],
  partial: ['some groups converged; others need a person', 'red'],
  failed: ['no group converged; a person has to look', 'red'],
  waiting: ['some groups wait for their time or for the far end', 'yellow'],
  deferred: ['nothing was begun', 'yellow'],
};

/** The end of a run as a person reads it: one row a group, then what to do about the rest. */
export function reportTable(report: Report, style: Style): string {
  return [
    ...report.groups.map((group) => groupRow(group, style)),
    '',
    ...secretRows(report, style),
    ...reasonLines(report, style),
    ...footer(report, style),
  ].join('\n');
}

const VERDICT_WIDTH = 10;
const PROOF_WIDTH = 20;

function groupRow(group: GroupReport, style: Style): string {
  const [glyph, colour] = GLYPH[group.verdict];
  const gateway = group.vpnGatewayId ?? group.tunnels[0]?.vpnConnectionId ?? '';
  const name = `${group.regionId}/${gateway}/${group.customerGatewayId}`;
  const nameWidth = Math.min(72, style.width - 2 - VERDICT_WIDTH - PROOF_WIDTH - 2);
  const row = `${column(name, nameWidth)} ${column(tunnelCount(group), PROOF_WIDTH)}`;
  const detail = style.width >= 120 ? ` ${group.reason.code}` : '';
  return `${paint(glyph, colour, style)} ${row} ${paint(group.verdict, colour, style)}${detail}`;
}

/** `4/4 wanted, 2 proven`: how many hold what is wanted, and how many were seen to negotiate with it. */
function tunnelCount({ tunnels }: GroupReport): string {
  const wanted = tunnels.filter((tunnel) => tunnel.holds === 'wanted').length;
  const proven = tunnels.filter((tunnel) => tunnel.proof === 'proven').length;
  return `${wanted}/${tunnels.length} new${proven === 0 ? '' : `, ${proven} proven`}`;
}

function secretRows(report: Report, style: Style): readonly string[] {
  const rows = report.secrets
    .filter((secret) => secret.promoted)
    .map(({ name, fromVersionId, toVersionId }) =>
      shorten(
        printable(`  promoted ${name}: ${fromVersionId ?? 'none'} → ${toVersionId}`),
        style.width,
      ),
    );
  return rows.length === 0 ? [] : [...rows, ''];
}

/** Every reason that is not "all well". */
function reasonLines(report: Report, style: Style): readonly string[] {
  const open = report.groups.filter(
    ({ reason, verdict }) => CODES[reason.code].exit !== 0 || verdict !== 'converged',
  );
  return reasonText(
    [
      ...open.map(({ reason, customerGatewayId }) => ({ reason, place: customerGatewayId })),
      ...report.secrets.flatMap(({ name, reason }) =>
        reason === null ? [] : [{ reason, place: name }],
      ),
      ...report.warnings.map((reason) => ({ reason, place: '' })),
    ],
    style,
  );
}

function footer(report: Report, style: Style): readonly string[] {
  const [meaning, colour] = OUTCOMES[report.outcome];
  const seconds = (parseInstant(report.finishedAt) - parseInstant(report.startedAt)) / 1000;
  const writes = report.steps.reduce((sum, step) => sum + step.requests, 0);
  const calls = Object.values(report.apiCalls).reduce((sum, count) => sum + count, 0);
  const figures = `${writes} writes, ${calls} API calls, ${seconds.toFixed(1)} s`;
  return [
    `${paint(report.outcome, colour, style)}: ${meaning}`,
    shorten(printable(`run ${report.runId} (${report.trigger}): ${figures}`), style.width),
  ];
}
