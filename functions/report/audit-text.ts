import { AUDIT_CODES } from '../core/audit-codes.ts';
import type { AuditCode } from '../core/audit-codes.ts';
import type { AuditVerdict, Finding } from '../core/audit.ts';
import type { AuditReport } from './audit-data.ts';
import { codeText } from './reason-text.ts';
import { column, columns, paint, shorten, wrap } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';
import { counted } from './time-text.ts';

const VERDICTS: Readonly<Record<AuditVerdict, readonly [string, Colour]>> = {
  pass: ['✔', 'green'],
  warn: ['!', 'yellow'],
  fail: ['✖', 'red'],
  unknown: ['?', 'yellow'],
};
const COLOURS = { fail: 'red', warn: 'yellow', note: 'dim' } as const;
const LEVELS = ['fail', 'warn', 'note'] as const;

/** What is judged: a group or a secret. */
interface Judged {
  readonly name: string;
  readonly verdict: AuditVerdict;
  readonly keyAgeDays: number | null;
  readonly findings: readonly Finding[];
}

/** One row a group and a secret, then each finding once, the worst first, with its places. */
export function auditText(report: AuditReport, style: Style): string {
  const groups = report.groups.map((group): Judged => {
    const place = [group.regionId, group.vpnGatewayId ?? [], group.customerGatewayId].flat();
    return { ...group, name: place.join('/') };
  });
  return [
    ...rows('Tunnels, by customer gateway', groups, style),
    ...rows('Secrets', report.secrets, style),
    ...findings([...groups, ...report.secrets], style),
    ...wrap(totals(report), style.width, ''),
  ].join('\n');
}

function rows(title: string, judged: readonly Judged[], style: Style): readonly string[] {
  if (judged.length === 0) return [];
  const ages = judged.map(({ keyAgeDays }) => (keyAgeDays === null ? '-' : `${keyAgeDays} d`));
  const rest = Math.max(...ages.map(columns)) + 'unknown'.length + 8;
  const widest = Math.max(...judged.map(({ name }) => columns(name)));
  const width = Math.max(8, Math.min(widest, style.width - rest));
  return [
    paint(title, 'bold', style),
    ...judged.map(({ name, verdict }, at) => {
      const [glyph, colour] = VERDICTS[verdict];
      const line = `${column(name, width)}  ${column(verdict, 7)}  ${ages[at]}`;
      return `  ${paint(glyph, colour, style)} ${shorten(line, style.width - 4)}`;
    }),
    '',
  ];
}

function findings(judged: readonly Judged[], style: Style): readonly string[] {
  const places = new Map<AuditCode, string[]>();
  for (const { name, findings } of judged) {
    for (const { code, tunnels, detail } of findings) {
      const about = detail === '' ? tunnels.join(', ') : detail;
      places.set(code, [...(places.get(code) ?? []), name === about ? name : `${name}: ${about}`]);
    }
  }
  return LEVELS.flatMap((level) =>
    [...places]
      .filter(([code]) => AUDIT_CODES[code].level === level)
      .flatMap(([code, where]) =>
        codeText({ code, ...AUDIT_CODES[code], colour: COLOURS[level], where }, style),
      ),
  );
}

function totals({ verdict, groups, secrets, baselines }: AuditReport): string {
  const all = [...groups, ...secrets].flatMap(({ findings }) => findings);
  const [fail, warn, note] = LEVELS.map((level) => all.filter((one) => one.level === level).length);
  const judged = `${counted(groups.length, 'customer gateway')}, ${counted(secrets.length, 'secret')}`;
  const by = baselines.map(({ id }) => id).join(', ');
  return `${verdict}: ${judged} by ${by}: ${fail} failed, ${warn} to look at, ${note} noted. Nothing was written.`;
}
