import type { Progress, WaitsFor } from '../core/standing.ts';
import { reasonText } from './reason-text.ts';
import type { SecretStatus, StatusData, VersionAge } from './status-data.ts';
import { column, columns, paint, printable, shorten } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';
import { counted } from './time-text.ts';

const PROGRESS: Readonly<Record<Progress, readonly [string, Colour, string]>> = {
  converged: ['✔', 'green', 'converged'],
  'not-begun': ['▸', 'cyan', 'not begun'],
  'under-way': ['◉', 'cyan', 'under way'],
  failed: ['↺', 'red', 'failed, held'],
  unknown: ['?', 'yellow', 'not readable'],
};

const WAITS_FOR: Readonly<Record<WaitsFor, string>> = {
  nobody: '-',
  'next-run': 'the next run',
  time: 'its time',
  'far-end': 'the far end',
  person: 'a person',
};

const HEADINGS = ['secret', 'current', 'next', 'new keys due', 'rotation', 'waits for'] as const;
/** The narrowest that a version can be shown; what is left goes to the names of the secrets. */
const VERSION_WIDTH = { narrow: 12, wide: 28 } as const;

/** One row a secret, then every reason once with what to do about it. */
export function statusText(status: StatusData, style: Style): string {
  const rows = status.secrets.map(cellsOf);
  const widths = widthsOf(rows, style);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => column(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    ...(rows.length === 0
      ? []
      : [paint(shorten(`  ${line(HEADINGS)}`, style.width), 'dim', style)]),
    ...status.secrets.map(({ progress }, at) => {
      const [glyph, colour] = PROGRESS[progress];
      return `${paint(glyph, colour, style)} ${line(rows[at] ?? [])}`;
    }),
    ...status.unusable.map(
      ({ name, reason }) =>
        `${paint('■', 'red', style)} ${shorten(printable(`${name}  ${reason.code}`), style.width - 2)}`,
    ),
    '',
    ...reasonText(
      [
        ...status.secrets.flatMap(({ name, reason }) =>
          reason === null ? [] : [{ reason, place: name }],
        ),
        ...status.unusable.map(({ name, reason }) => ({ reason, place: name })),
      ],
      style,
    ),
    shorten(totals(status), style.width),
  ].join('\n');
}

function cellsOf(secret: SecretStatus): readonly string[] {
  return [
    secret.name,
    versionText(secret.current),
    versionText(secret.next),
    dueText(secret),
    PROGRESS[secret.progress][2],
    WAITS_FOR[secret.waitsFor],
  ];
}

function versionText(version: VersionAge | null): string {
  return version === null ? '-' : `${version.versionId}, ${version.ageDays} d`;
}

function dueText({ dueInDays, next }: SecretStatus): string {
  if (dueInDays === null) return 'by hand';
  if (next !== null) return 'after next';
  return dueInDays > 0 ? `in ${dueInDays} d` : 'due now';
}

function widthsOf(rows: readonly (readonly string[])[], style: Style): readonly number[] {
  const natural = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => columns(row[at] ?? ''))),
  );
  const versions = style.width >= 120 ? VERSION_WIDTH.wide : VERSION_WIDTH.narrow;
  const [name = 0, current = 0, next = 0, ...rest] = natural;
  const fixed = [Math.min(current, versions), Math.min(next, versions), ...rest];
  const left = style.width - 2 - fixed.reduce((sum, width) => sum + width + 2, 0);
  return [Math.max(8, Math.min(name, left)), ...fixed];
}

function totals({ secrets, unusable }: StatusData): string {
  const open = secrets.filter(({ waitsFor }) => waitsFor !== 'nobody').length + unusable.length;
  const ages = secrets.flatMap(({ current }) => (current === null ? [] : [current.ageDays]));
  const oldest = ages.length === 0 ? '' : `, oldest key ${Math.max(...ages)} d`;
  return `${counted(secrets.length + unusable.length, 'secret')}, ${open} waiting${oldest}.`;
}
