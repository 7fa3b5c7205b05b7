/** What seeds met, counted; the totals of two batches add up. */
export interface Totals {
  readonly tables: Readonly<Record<TableName, Map<string, number>>>;
  /** Each combination of switches once. */
  readonly combinations: Set<string>;
}

const TABLES = ['figures', 'faults', 'switches', 'outcomes'] as const;
export type TableName = (typeof TABLES)[number];

export function emptyTotals(): Totals {
  const tables = Object.fromEntries(TABLES.map((name) => [name, new Map<string, number>()]));
  return { tables: tables as Totals['tables'], combinations: new Set() };
}

export function count(totals: Totals, table: TableName, name: string, times = 1): void {
  totals.tables[table].set(name, (totals.tables[table].get(name) ?? 0) + times);
}

export function addTotals(sum: Totals, part: Totals): void {
  for (const table of TABLES) {
    for (const [name, times] of part.tables[table]) count(sum, table, name, times);
  }
  for (const combination of part.combinations) sum.combinations.add(combination);
}
