import { drawOptions } from './options.ts';
import { simulate } from './simulate.ts';
import type { Result } from './simulate.ts';
import { count, emptyTotals } from './totals.ts';
import type { Totals } from './totals.ts';

/** Consecutive seeds that one worker takes on at a time. */
export interface Batch {
  readonly first: number;
  readonly size: number;
}

/** A batch ends at its first seed that broke a promise. */
export interface BatchEnd {
  readonly first: number;
  readonly totals: Totals;
  readonly failure: { readonly seed: number; readonly violations: readonly string[] } | null;
}

/** Simulates the seeds of a batch in order; `show` gets what the simulated processes wrote. */
export async function simulateBatch(
  { first, size }: Batch,
  options: {
    readonly show: ((output: readonly string[]) => void) | null;
    /** Only violations that begin so count; the empty text lets all count. */
    readonly only: string;
  },
): Promise<BatchEnd> {
  const totals = emptyTotals();
  for (let seed = first; seed < first + size; seed += 1) {
    const drawn = drawOptions(seed);
    const result = await simulate(drawn);
    options.show?.(result.output);
    note(totals, drawn.switches, result);
    const violations = result.violations.filter((text) => text.startsWith(options.only));
    if (violations.length > 0) return { first, totals, failure: { seed, violations } };
  }
  return { first, totals, failure: null };
}

function note(totals: Totals, switches: Readonly<Record<string, string>>, result: Result): void {
  for (const [name, value] of Object.entries(switches)) {
    count(totals, 'switches', `${name}=${value}`);
  }
  totals.combinations.add(Object.values(switches).join(' '));
  count(totals, 'figures', 'seeds');
  count(totals, 'figures', 'runs', result.runs);
  count(totals, 'figures', 'kills', result.kills);
  count(totals, 'figures', 'writes', result.writes);
  for (const [kind, met] of result.faults) count(totals, 'faults', kind, met);
  for (const [name, met] of result.outcomes) count(totals, 'outcomes', name, met);
}
