import { CODES } from '../core/codes.ts';
import type { CodeName, Reason, Verdict } from '../core/codes.ts';
import type { GroupReport, Outcome, Report } from '../core/report.ts';
import { parseInstant } from '../run/iso-time.ts';
import { column, paint, printable, shorten, wrap } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';

const GLYPH: Readonly<Record<Verdict, readonly [string, Colour]>> = {
  converged: ['✔', 'green'],
  waiting: ['◷', 'yellow'],
  unknown: ['?', 'yellow'],
  blocked: ['■', 'yellow'],
  restored: ['↺', 'red'],
  mixed: ['✖', 'red'],
};

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

/** Every reason that is not "all well", once, with its places and its remedy. */
function reasonLines(report: Report, style: Style): readonly string[] {
  const places = new Map<CodeName, string[]>();
  const note = ({ code, detail }: Reason, place: string): void => {
    const text = [place, detail].filter((part) => part !== '').join(': ');
    places.set(code, [...(places.get(code) ?? []), text]);
  };
  for (const group of report.groups) {
    if (CODES[group.reason.code].exit === 0 && group.verdict === 'converged') continue;
    note(group.reason, group.customerGatewayId);
  }
  for (const { name, reason } of report.secrets) if (reason !== null) note(reason, name);
  for (const warning of report.warnings) note(warning, '');
  return [...places].flatMap(([code, where]) => reasonBlock(code, where, style));
}

const PLACES_SHOWN = 6;

function reasonBlock(code: CodeName, where: readonly string[], style: Style): readonly string[] {
  const { sentence, remedy, exit } = CODES[code];
  const colour = exit === 2 || exit === 1 ? 'red' : 'yellow';
  const shown = [...new Set(where)].filter((place) => place !== '').slice(0, PLACES_SHOWN);
  const hidden = new Set(where).size - shown.length;
  return [
    paint(code, colour, style),
    ...wrap(sentence, style.width, '  '),
    ...wrap(`→ ${remedy}`, style.width, '  '),
    ...shown.flatMap((place) => wrap(`· ${place}`, style.width, '    ')),
    ...(hidden > 0 ? [`    · and ${hidden} more`] : []),
    '',
  ];
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
