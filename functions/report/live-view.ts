import type { RunEvent, StepPhase } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import { column, paint, printable, shorten } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';

type Phase = StepPhase | 'planned';

interface Row {
  readonly group: string;
  readonly phase: Phase;
  readonly restoring: boolean;
  readonly detail: string;
}

/** What is known of a run so far: made from its events alone. */
export interface LiveView {
  readonly runId: string;
  readonly groups: number;
  readonly finished: number;
  readonly promoted: number;
  readonly warning: string | null;
  /** By tunnel, in the order of the plan. */
  readonly rows: ReadonlyMap<string, Row>;
}

export const EMPTY_VIEW: LiveView = {
  runId: '',
  groups: 0,
  finished: 0,
  promoted: 0,
  warning: null,
  rows: new Map(),
};

/** The view after one more event. */
export function seen(view: LiveView, event: RunEvent): LiveView {
  switch (event.kind) {
    case 'run-started':
      return { ...view, runId: event.runId };
    case 'group-planned': {
      if (event.verdict !== 'ready') return view;
      const planned = event.steps.map(
        (step) => [tunnelName(step), plannedIn(event.group)] as const,
      );
      return { ...view, groups: view.groups + 1, rows: new Map([...view.rows, ...planned]) };
    }
    case 'step': {
      const { group, phase, detail } = event;
      const row = { group, phase, detail, restoring: event.direction === 'restore' };
      return { ...view, rows: new Map([...view.rows, [tunnelName(event.tunnel), row]]) };
    }
    case 'group-finished': {
      // What the group did not get to is no longer to be expected.
      const left = [...view.rows].filter(
        ([, row]) => row.group !== event.group || row.phase !== 'planned',
      );
      return { ...view, finished: view.finished + 1, rows: new Map(left) };
    }
    case 'secret-promoted':
      return { ...view, promoted: view.promoted + 1 };
    case 'warning':
      return { ...view, warning: `${event.code}: ${event.message}` };
    case 'gathered':
    case 'handed-on':
    case 'run-finished':
      return view;
  }
}

function plannedIn(group: string): Row {
  return { group, phase: 'planned', restoring: false, detail: '' };
}

/** Glyph, colour, words, and which rows stay when there are more than fit: the highest first. */
const PHASES: Readonly<Record<Phase, readonly [string, Colour, string, number]>> = {
  failed: ['✖', 'red', 'failed', 3],
  'waiting-for-gateway': ['◷', 'yellow', 'waits for the gateway', 2],
  writing: ['→', 'cyan', 'writing', 2],
  busy: ['◷', 'yellow', 'gateway is busy', 2],
  settling: ['◌', 'cyan', 'settling', 2],
  'read-back': ['◎', 'cyan', 'reading back', 2],
  proving: ['◉', 'cyan', 'proving', 2],
  planned: ['·', 'dim', 'planned', 1],
  done: ['✔', 'green', 'done', 0],
  unchanged: ['=', 'green', 'already as wanted', 0],
};

const PHASE_WIDTH = 32;
const NAME_WIDTH = 64;

/** The lines to show now: never more than `height`, none wider than the terminal. */
export function frame(
  view: LiveView,
  size: Style & { readonly height: number },
): readonly string[] {
  const above = [heading(view, size), ...warningLines(view, size)].slice(0, size.height);
  const room = size.height - above.length;
  const rows = [...view.rows];
  if (rows.length <= room) return [...above, ...rows.map((row) => rowText(row, size))];
  const kept = mostTelling(rows, Math.max(0, room - 1));
  const hidden = `  … and ${rows.length - kept.length} more`;
  return [...above, ...kept.map((row) => rowText(row, size)), hidden].slice(0, size.height);
}

function heading(view: LiveView, style: Style): string {
  const rows = [...view.rows.values()];
  const done = rows.filter(({ phase }) => phase === 'done' || phase === 'unchanged').length;
  const figures = [
    `${view.finished}/${view.groups} groups`,
    `${done}/${rows.length} tunnels`,
    `${view.promoted} promoted`,
  ].join(', ');
  return paint(shorten(printable(`${view.runId}  ${figures}`), style.width), 'bold', style);
}

function warningLines({ warning }: LiveView, style: Style): readonly string[] {
  if (warning === null) return [];
  return [paint(shorten(printable(`! ${warning}`), style.width), 'yellow', style)];
}

/** Those that matter most, still in the order of the plan. */
function mostTelling(
  rows: readonly (readonly [string, Row])[],
  count: number,
): readonly (readonly [string, Row])[] {
  const byWeight = rows.toSorted(([, a], [, b]) => PHASES[b.phase][3] - PHASES[a.phase][3]);
  const kept = new Set(byWeight.slice(0, count));
  return rows.filter((row) => kept.has(row));
}

function rowText([name, row]: readonly [string, Row], style: Style): string {
  const [glyph, colour, words] = PHASES[row.phase];
  const phaseWidth = Math.min(PHASE_WIDTH, Math.floor(style.width / 2));
  const nameWidth = Math.min(NAME_WIDTH, style.width - phaseWidth - 3);
  const text = [row.restoring ? 'restore:' : '', words, row.detail === '' ? '' : `(${row.detail})`];
  const phase = shorten(printable(text.filter((part) => part !== '').join(' ')), phaseWidth);
  return `${paint(glyph, colour, style)} ${column(name, nameWidth)} ${paint(phase, colour, style)}`;
}
