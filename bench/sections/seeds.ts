import { keyturn } from '../contestants/keyturn.ts';
import { WINDOW_MS, makeEstate } from '../estate.ts';
import { race } from '../race.ts';
import { reported, table } from '../rows.ts';
import type { Row } from '../rows.ts';
import type { Section } from '../section.ts';
import { SIZES } from './makespan.ts';

/** The first is the one of all other sections. */
const SEEDS = [1, 2, 3, 4, 5] as const;
/** Those that take seconds. */
const MEASURED = ['10', '100', '1000', '1000-spread'] as const;

async function measure(sizeName: string, say: (text: string) => void): Promise<readonly Row[]> {
  const size = SIZES[sizeName];
  if (size === undefined) throw new Error(`no size ${sizeName}`);
  const ratios: number[] = [];
  const calls: number[] = [];
  for (const seed of SEEDS) {
    const estate = makeEstate({ ...size, seed, sites: 'mesh', windowMs: WINDOW_MS });
    const { ratio, observer, changedTunnels } = await race(keyturn, estate);
    ratios.push(ratio);
    calls.push(observer.totalCalls / changedTunnels);
  }
  const lines = SEEDS.map((seed, index) => [
    String(seed),
    (ratios[index] ?? 0).toFixed(3),
    (calls[index] ?? 0).toFixed(3),
  ]);
  say(table(['seed', 'makespan ÷ floor', 'calls a changed tunnel'], lines));
  const name = `seeds-${sizeName}`;
  return [
    reported(`${name}: makespan ÷ floor, mean of ${SEEDS.length}`, mean(ratios), ''),
    reported(`${name}: makespan ÷ floor, the worst`, Math.max(...ratios), ''),
    reported(`${name}: calls a changed tunnel, mean of ${SEEDS.length}`, mean(calls), ''),
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The same sizes with other windows drawn: how much of a row is the luck of its seed. */
export const SEEDED: readonly Section[] = MEASURED.map((size) => ({
  name: `seeds-${size}`,
  title: `as makespan-${size}, over ${SEEDS.length} seeds`,
  quick: false,
  run: (say: (text: string) => void) => measure(size, say),
}));
