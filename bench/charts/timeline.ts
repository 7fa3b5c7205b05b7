import type { Change } from '../observer.ts';
import { FAINT, INK, RULE, element, label, line, page } from './svg.ts';

export interface Timeline {
  /** In the order in which the windows opened. */
  readonly changes: readonly Change[];
  readonly begunAt: number;
  readonly endedAt: number;
  readonly floorMs: number;
}

const LEFT = 168;
const WIDTH = 1_000;
const ROW = 17;
const BAND_GAP = 12;
const TOP = 92;

const COLORS = { slave: '#8fbbe8', master: '#2463a8', canary: '#d98a1f', waiting: '#b9c2cc' };

/**
 * One run: a band for each gateway, a row for each connection, a bar for each configuring window. Within a
 * band no two bars overlap, because the gateway takes one change at a time; a gap in it is lost time.
 */
export function timeline(run: Timeline): string {
  const gateways = [...new Set(run.changes.map(({ link }) => link.vpnGatewayId))].sort();
  const canary = run.changes[0]?.group;
  const x = (at: number): number =>
    LEFT + ((at - run.begunAt) / (run.endedAt - run.begunAt)) * (WIDTH - LEFT - 24);
  let top = TOP;
  const bands = gateways.map((gateway) => {
    const mine = run.changes.filter(({ link }) => link.vpnGatewayId === gateway);
    const connections = [...new Set(mine.map(({ link }) => link.vpnConnectionId))];
    const rows = connections.map((connection, row) =>
      connectionRow(
        mine.filter(({ link }) => link.vpnConnectionId === connection),
        {
          top: top + row * ROW,
          x,
          name: connection,
          isCanary: (change) => change.group === canary,
        },
      ),
    );
    const band = bandOf(gateway, { top, rows: connections.length });
    top += connections.length * ROW + BAND_GAP;
    return [band, ...rows].join('');
  });
  const height = top + 52;
  return page({ width: WIDTH, height }, 'One run of Keyturn over time', [
    ...heading(run),
    ...grid(run, x, top),
    ...bands,
  ]);
}

function heading({ begunAt, endedAt, floorMs, changes }: Timeline): readonly string[] {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(0);
  const length = endedAt - begunAt;
  const legend = [
    [COLORS.canary, 'canary group, alone'],
    [COLORS.slave, 'slave’s window'],
    [COLORS.master, 'master’s window'],
    [COLORS.waiting, 'between a connection’s two changes'],
  ] as const;
  return [
    label({ x: 20, y: 28 }, 'One run: every window of every gateway', {
      'font-size': 17,
      'font-weight': 600,
    }),
    label(
      { x: 20, y: 47 },
      `${changes.length} tunnels in ${seconds(length)} s; the cloud’s own windows and proofs need ${seconds(floorMs)} s: ` +
        `${(length / floorMs).toFixed(3)} × the floor`,
      { fill: FAINT },
    ),
    line({ x: 728, y: 58 }, { x: 728, y: 72 }, { stroke: INK, 'stroke-width': 1.2 }),
    label({ x: 736, y: 69.5 }, 'the tunnel is up again', { 'font-size': 12 }),
    ...legend.map(([color, words], index) => {
      const left = 20 + [0, 166, 292, 430][index]!;
      return (
        element('rect', { x: left, y: 60, width: 16, height: 10, fill: color }) +
        label({ x: left + 22, y: 69.5 }, words, { 'font-size': 12 })
      );
    }),
  ];
}

/** A line each so many seconds: the smallest step that leaves room for its figure. */
function grid(run: Timeline, x: (at: number) => number, bottom: number): readonly string[] {
  const length = (run.endedAt - run.begunAt) / 1_000;
  const step = [10, 30, 60, 120, 300, 600].find((size) => length / size <= 14) ?? 1_200;
  const marks = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
  return [
    ...marks.map((mark) => {
      const at = x(run.begunAt + mark * 1_000);
      return (
        line({ x: at, y: TOP - 8 }, { x: at, y: bottom }) +
        label({ x: at, y: bottom + 16 }, String(mark), { 'text-anchor': 'middle' })
      );
    }),
    label({ x: (LEFT + WIDTH) / 2, y: bottom + 38 }, 'seconds since the run began', {
      'text-anchor': 'middle',
    }),
  ];
}

function bandOf(gateway: string, at: { readonly top: number; readonly rows: number }): string {
  const height = at.rows * ROW;
  return (
    element('rect', {
      x: LEFT,
      y: at.top - 2,
      width: WIDTH - LEFT - 24,
      height: height + 2,
      fill: 'none',
      stroke: RULE,
    }) + label({ x: 20, y: at.top + height / 2 + 4 }, gateway, { 'font-weight': 600 })
  );
}

function connectionRow(
  changes: readonly Change[],
  row: {
    readonly top: number;
    readonly name: string;
    readonly x: (at: number) => number;
    readonly isCanary: (change: Change) => boolean;
  },
): string {
  const { top, x } = row;
  const middle = top + ROW / 2 - 1;
  const [first] = changes;
  const last = changes.at(-1);
  if (first === undefined || last === undefined) return '';
  const wait = line(
    { x: x(first.upAt), y: middle },
    { x: x(last.openedAt), y: middle },
    { stroke: COLORS.waiting, 'stroke-width': 1.5 },
  );
  const bars = changes.map((change) => {
    const role = change.tunnelIds.some((id) => id.startsWith('tun-a')) ? 'master' : 'slave';
    const fill = row.isCanary(change) ? COLORS.canary : COLORS[role];
    const left = x(change.openedAt);
    const width = Math.max(1, x(change.closedAt) - left);
    const proof = line(
      { x: x(change.upAt), y: top + 1 },
      { x: x(change.upAt), y: top + ROW - 3 },
      { stroke: INK, 'stroke-width': 1.2 },
    );
    return element('rect', { x: left, y: top + 2, width, height: ROW - 6, fill, rx: 1.5 }) + proof;
  });
  const name = label({ x: LEFT - 8, y: middle + 4 }, row.name, {
    'text-anchor': 'end',
    'font-size': 11,
    fill: FAINT,
  });
  return [name, wait, ...bars].join('');
}
