import type { Check, CheckState, Settled } from '../core/examination.ts';
import { column, columns, fitted, paint, printable, wrap } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';
import { counted } from './time-text.ts';

/** What `keyturn doctor --json` prints. */
export interface DoctorData {
  readonly schema: 'keyturn/doctor/1';
  readonly checks: readonly Check[];
  readonly settled: readonly Settled[];
}

const LOOKS: Readonly<Record<CheckState, readonly [string, Colour]>> = {
  ok: ['✔', 'green'],
  attention: ['!', 'yellow'],
  failed: ['✖', 'red'],
  open: ['?', 'dim'],
};

const AREAS: readonly (readonly [Check['area'], string])[] = [
  ['access', 'Access, with the credentials of this terminal'],
  ['clocks', 'Clocks'],
  ['secrets', 'Secrets'],
  ['quotas', 'Versions kept'],
  ['gateways', 'Gateways'],
];

const WHAT_WIDTH = { narrow: 40, wide: 56 } as const;

/** Everything that was looked at, what is wrong with what to do, and what this account shows of the unknown. */
export function doctorText(data: DoctorData, style: Style): string {
  const blocks = AREAS.flatMap(([area, title]) => {
    const checks = data.checks.filter((check) => check.area === area);
    if (checks.length === 0) return [];
    return [
      paint(title, 'bold', style),
      ...checks.flatMap((check) => checkLines(check, style)),
      '',
    ];
  });
  return [...blocks, ...settledLines(data.settled, style), ...totals(data.checks, style)].join(
    '\n',
  );
}

function checkLines({ state, what, found, remedy }: Check, style: Style): readonly string[] {
  const [glyph, colour] = LOOKS[state];
  const width = style.width >= 120 ? WHAT_WIDTH.wide : WHAT_WIDTH.narrow;
  const line = `${column(what, width)} ${printable(found)}`;
  const fits = columns(line) + 4 <= style.width;
  return [
    `  ${paint(glyph, colour, style)} ${fits ? line : column(what, Math.min(columns(what), style.width - 4))}`,
    ...(fits ? [] : wrap(found, style.width, '      ')),
    ...(remedy === '' ? [] : wrap(`→ ${remedy}`, style.width, '      ')),
  ];
}

function settledLines(settled: readonly Settled[], style: Style): readonly string[] {
  if (settled.length === 0) return [];
  return [
    paint('What no documentation says, as this account shows it', 'bold', style),
    ...settled.flatMap(({ unknown, answer, because }) =>
      fitted(`${unknown}: ${answer ?? 'open'} (${because})`, style.width, '  '),
    ),
    ...wrap(
      'Everything else in docs/fidelity.md would take a write to find out.',
      style.width,
      '  ',
    ),
    '',
  ];
}

function totals(checks: readonly Check[], style: Style): readonly string[] {
  const count = (state: CheckState): number =>
    checks.filter((check) => check.state === state).length;
  const text = `${counted(checks.length, 'check')}: ${count('failed')} failed, ${count('attention')} to look at, ${count('open')} open. Nothing was written.`;
  return wrap(text, style.width, '');
}
