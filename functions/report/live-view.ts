import type { RunEvent, StepPhase } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import type { TunnelRef } from '../core/fleet.ts';
import { between, durationMs } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import { column, columns, paint, printable, shorten } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';
import { clockText, lengthText } from './time-text.ts';

interface StepView {
  readonly name: string;
  readonly phase: StepPhase;
  readonly restoring: boolean;
  readonly detail: string;
}

interface GroupView {
  readonly planned: ReadonlySet<string>;
  /** By tunnel, the one heard of last at the end. */
  readonly steps: Map<string, StepView>;
  end: { readonly verdict: string; readonly reason: string } | null;
}

/** Glyph, colour, words, and which rows stay when there are more than fit: the highest first. */
type Look = readonly [glyph: string, colour: Colour, words: string, weight: number];

const PHASES: Readonly<Record<StepPhase, Look>> = {
  failed: ['✖', 'red', 'failed', 4],
  'waiting-for-gateway': ['◷', 'yellow', 'waits for the gateway', 3],
  writing: ['→', 'cyan', 'writing', 3],
  busy: ['◷', 'yellow', 'gateway is busy', 3],
  settling: ['◌', 'cyan', 'settling', 3],
  'read-back': ['◎', 'cyan', 'reading back', 3],
  proving: ['◉', 'cyan', 'proving', 3],
  done: ['◉', 'cyan', 'done', 3],
  unchanged: ['◉', 'cyan', 'already as wanted', 3],
};
const PLANNED: Look = ['·', 'dim', 'planned', 1];
const CONVERGED: Look = ['✔', 'green', 'converged', 0];
const WAITING: Look = ['◷', 'yellow', 'waiting', 2];

const OVER: ReadonlySet<StepPhase> = new Set(['done', 'unchanged', 'failed']);
/** Fewer say nothing about the rest. */
const TUNNELS_BEFORE_A_GUESS = 3;
/** What is left at least for what happens to a group. */
const WORDS_WIDTH = 24;

/** What is known of a run so far, made from its events alone. One row a group. */
export class LiveView {
  #began: EpochMs | null = null;
  #firstStep: EpochMs | null = null;
  #promoted = 0;
  #warning: string | null = null;
  readonly #groups = new Map<string, GroupView>();

  seen(event: RunEvent, now: EpochMs): void {
    this.#began ??= now;
    switch (event.kind) {
      case 'group-planned':
        if (event.verdict === 'ready') this.#group(event.group, event.steps);
        return;
      case 'step': {
        this.#firstStep ??= now;
        const { steps } = this.#group(event.group, []);
        const name = tunnelName(event.tunnel);
        const { phase, detail } = event;
        steps.delete(name);
        const short = event.tunnel.tunnelId ?? event.tunnel.vpnConnectionId;
        steps.set(name, { name: short, phase, detail, restoring: event.direction === 'restore' });
        return;
      }
      case 'group-finished': {
        const group = this.#groups.get(event.group);
        if (group !== undefined) group.end = { verdict: event.verdict, reason: event.reason };
        return;
      }
      case 'secret-promoted':
        this.#promoted += 1;
        return;
      case 'warning':
        this.#warning = `${event.code}: ${event.message}`;
        return;
      case 'run-started':
      case 'gathered':
      case 'handed-on':
      case 'cut':
      case 'shard-started':
      case 'shard-finished':
      case 'run-finished':
        return;
    }
  }

  /** The lines to show now: never more than `height`, none wider than the terminal. */
  frame(size: Style & { readonly height: number }, now: EpochMs): readonly string[] {
    const above = [this.#heading(size, now), ...this.#warningLines(size)].slice(0, size.height);
    const room = size.height - above.length;
    const rows = [...this.#groups].map(([id, group]) => ({ id, group, look: lookOf(group) }));
    const longest = Math.max(0, ...rows.map(({ id }) => columns(id)));
    const text = (row: Row): string => rowText(row, longest, size);
    if (rows.length <= room) return [...above, ...rows.map(text)];
    const kept = mostTelling(rows, Math.max(0, room - 1));
    const hidden = `  … and ${rows.length - kept.length} more groups`;
    return [...above, ...kept.map(text), hidden].slice(0, size.height);
  }

  #group(id: string, steps: readonly TunnelRef[]): GroupView {
    const found = this.#groups.get(id);
    if (found !== undefined) return found;
    const group: GroupView = {
      planned: new Set(steps.map(tunnelName)),
      steps: new Map(),
      end: null,
    };
    this.#groups.set(id, group);
    return group;
  }

  #heading(style: Style, now: EpochMs): string {
    const groups = [...this.#groups.values()];
    const elapsed = clockText(this.#began === null ? durationMs(0) : between(this.#began, now));
    const total = groups.reduce((sum, group) => sum + sizeOf(group), 0);
    const done = groups.reduce((sum, group) => sum + doneIn(group), 0);
    const ended = groups.filter(({ end }) => end !== null).length;
    const left = this.#left(now, { done, open: openIn(groups) });
    const text =
      total === 0
        ? `${elapsed}  reading gateways, connections and secrets`
        : [
            `${elapsed}  ${done}/${total} tunnels`,
            `${ended}/${groups.length} groups`,
            ...(this.#promoted === 0 ? [] : [`${this.#promoted} promoted`]),
            ...(left === null ? [] : [`about ${lengthText(left)} left`]),
          ].join(', ');
    return paint(shorten(printable(text), style.width), 'bold', style);
  }

  /** As fast as so far; null as long as that is no more than a guess. */
  #left(now: EpochMs, { done, open }: { done: number; open: number }): DurationMs | null {
    if (this.#firstStep === null || done < TUNNELS_BEFORE_A_GUESS || open === 0) return null;
    return durationMs((between(this.#firstStep, now) / done) * open);
  }

  #warningLines(style: Style): readonly string[] {
    if (this.#warning === null) return [];
    return [paint(shorten(printable(`! ${this.#warning}`), style.width), 'yellow', style)];
  }
}

const sizeOf = ({ planned, steps }: GroupView): number => Math.max(planned.size, steps.size);

function doneIn({ steps }: GroupView): number {
  return [...steps.values()].filter(({ phase }) => phase === 'done' || phase === 'unchanged')
    .length;
}

/** Tunnels that something is still to happen to. A finished group does not come to the rest of its own. */
function openIn(groups: readonly GroupView[]): number {
  return groups
    .filter(({ end }) => end === null)
    .reduce((sum, group) => sum + sizeOf(group) - doneIn(group), 0);
}

interface Row {
  readonly id: string;
  readonly group: GroupView;
  readonly look: Look;
}

function lookOf({ steps, end }: GroupView): Look {
  if (end !== null) {
    if (end.verdict === 'converged') return CONVERGED;
    const [glyph, colour, , weight] = end.verdict === 'waiting' ? WAITING : PHASES.failed;
    return [glyph, colour, `${end.verdict} (${end.reason})`, weight];
  }
  const all = [...steps.values()];
  const active = all.filter(({ phase }) => !OVER.has(phase));
  const shown = all.findLast(({ phase }) => phase === 'failed') ?? active.at(-1) ?? all.at(-1);
  if (shown === undefined) return PLANNED;
  const [glyph, colour, words, weight] = PHASES[shown.phase];
  const others = active.length - (active.includes(shown) ? 1 : 0);
  const text = [
    ...(shown.restoring ? ['restore:'] : []),
    words,
    shown.name,
    ...(shown.detail === '' ? [] : [`(${shown.detail})`]),
    ...(others > 0 ? [`and ${others} more`] : []),
  ].join(' ');
  return [glyph, colour, text, weight];
}

/** Those that matter most, still in the order of the plan. */
function mostTelling(rows: readonly Row[], count: number): readonly Row[] {
  const kept = new Set(rows.toSorted((a, b) => b.look[3] - a.look[3]).slice(0, count));
  return rows.filter((row) => kept.has(row));
}

function rowText({ id, group, look }: Row, longest: number, style: Style): string {
  const [glyph, colour, words] = look;
  const size = sizeOf(group);
  const figures = `${doneIn(group)}/${size}`.padStart(5);
  const left = style.width - 2 - 1 - figures.length - 2;
  const nameWidth = Math.max(8, Math.min(longest, left - WORDS_WIDTH));
  const rest = Math.max(0, left - nameWidth);
  const what = shorten(printable(words), rest);
  return `${paint(glyph, colour, style)} ${column(id, nameWidth)} ${figures}  ${paint(what, colour, style)}`;
}
