import { FAINT, element, label, line, page } from './svg.ts';

export interface Curve {
  readonly name: string;
  readonly color: string;
  /** Dashed: a bound, not a measurement. */
  readonly dashed?: boolean;
  readonly points: readonly { readonly tunnels: number; readonly seconds: number }[];
}

const SIZE = { width: 920, height: 520 };
const PLOT = { left: 84, right: 660, top: 62, bottom: 446 };

const TIMES: readonly (readonly [number, string])[] = [
  [60, '1 min'],
  [600, '10 min'],
  [1_200, '20 min'],
  [3_600, '1 h'],
  [6 * 3_600, '6 h'],
  [24 * 3_600, '1 day'],
  [7 * 24 * 3_600, '1 week'],
];

/** Time of a whole rotation against the size of the fleet, both on a logarithmic axis. */
export function makespanChart(curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const sizes = [...new Set(points.map(({ tunnels }) => tunnels))].sort((a, b) => a - b);
  const seconds = points.map((point) => point.seconds);
  const x = scale([Math.min(...sizes), Math.max(...sizes)], [PLOT.left, PLOT.right]);
  const low = Math.min(...seconds) / 1.6;
  const high = Math.max(...seconds) * 1.4;
  const y = scale([low, high], [PLOT.bottom, PLOT.top]);
  const times = TIMES.filter(([time]) => time >= low && time <= high);
  return page(SIZE, 'Time of a whole rotation against the number of tunnels', [
    label({ x: 20, y: 28 }, 'Time to rotate a whole fleet', {
      'font-size': 17,
      'font-weight': 600,
    }),
    label(
      { x: 20, y: 47 },
      'ten connections a gateway, windows of 5 to 120 s drawn for each change; both axes logarithmic',
      { fill: FAINT },
    ),
    ...times.flatMap(([time, name]) => [
      line({ x: PLOT.left, y: y(time) }, { x: PLOT.right, y: y(time) }),
      label({ x: PLOT.left - 8, y: y(time) + 4 }, name, { 'text-anchor': 'end' }),
    ]),
    ...sizes.flatMap((size) => [
      line({ x: x(size), y: PLOT.bottom }, { x: x(size), y: PLOT.bottom + 5 }),
      label({ x: x(size), y: PLOT.bottom + 21 }, size.toLocaleString('en-US'), {
        'text-anchor': 'middle',
      }),
    ]),
    line({ x: PLOT.left, y: PLOT.bottom }, { x: PLOT.right, y: PLOT.bottom }, { stroke: FAINT }),
    label({ x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 46 }, 'tunnels in the fleet', {
      'text-anchor': 'middle',
    }),
    ...curves.map((curve) => drawn(curve, x, y)),
    ...names(curves, x, y),
  ]);
}

type Scale = (value: number) => number;

function scale(from: readonly [number, number], to: readonly [number, number]): Scale {
  const [low, high] = [Math.log(from[0]), Math.log(from[1])];
  const unit = (to[1] - to[0]) / (high - low || 1);
  return (value) => to[0] + (Math.log(value) - low) * unit;
}

function drawn(curve: Curve, x: Scale, y: Scale): string {
  const at = curve.points.map(({ tunnels, seconds }) => ({ x: x(tunnels), y: y(seconds) }));
  const path = at.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ');
  const dots = curve.dashed
    ? []
    : at.map((point) => element('circle', { cx: point.x, cy: point.y, r: 3.5, fill: curve.color }));
  const stroke = { stroke: curve.color, 'stroke-width': 2.2, fill: 'none' };
  const dash = curve.dashed ? { 'stroke-dasharray': '6 4' } : {};
  return [element('polyline', { points: path, ...stroke, ...dash }), ...dots].join('');
}

/** Each curve is named at the right, with its last figure; one that ends earlier says where. */
function names(curves: readonly Curve[], x: Scale, y: Scale): readonly string[] {
  const ends = curves
    .flatMap((curve) => {
      const last = curve.points.at(-1);
      return last === undefined ? [] : [{ curve, last, y: y(last.seconds) }];
    })
    .sort((a, b) => a.y - b.y);
  const places = apart(ends.map((end) => end.y));
  return ends.map(({ curve, last, y: wanted }, index) => {
    const placed = places[index] ?? wanted;
    const { color } = curve;
    const left = PLOT.right + 24;
    const end = x(last.tunnels);
    const whole = end >= PLOT.right - 1;
    const size = last.tunnels.toLocaleString('en-US');
    const figure = whole ? inWords(last.seconds) : `${inWords(last.seconds)} for ${size}`;
    const faint = whole ? {} : { 'stroke-dasharray': '1 5' };
    return [
      line({ x: end + 5, y: wanted }, { x: left - 6, y: placed }, { stroke: color, ...faint }),
      label({ x: left, y: placed }, curve.name, { fill: color, 'font-weight': 600 }),
      label({ x: left, y: placed + 15 }, figure, { fill: FAINT, 'font-size': 12 }),
    ].join('');
  });
}

const LINE_HEIGHT = 36;

/**
 * Heights at least a line apart, each as near as can be to the one wanted (ascending): neighbours that would
 * overlap are pooled around their middle.
 */
function apart(wanted: readonly number[]): readonly number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const [index, height] of wanted.entries()) {
    let pool = { sum: height - index * LINE_HEIGHT, count: 1 };
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.count <= pool.sum / pool.count) break;
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  }
  const flat = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return flat.map((height, index) => height + index * LINE_HEIGHT);
}

function inWords(seconds: number): string {
  if (seconds < 5_400) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 2 * 86_400) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}
