/** One measured figure, next to its goal where it has one. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** As the goal is written: `≤ 1.05`; null for what is only reported. */
  readonly goal: string | null;
  readonly met: boolean | null;
}

export function reported(name: string, value: number, unit: string): Row {
  return { name, value: rounded(value), unit, goal: null, met: null };
}

/** `limit` is judged before rounding. */
export function atMost(name: string, value: number, unit: string, limit: number): Row {
  return { name, value: rounded(value), unit, goal: `≤ ${limit}`, met: value <= limit };
}

export function atLeast(name: string, value: number, unit: string, limit: number): Row {
  return { name, value: rounded(value), unit, goal: `≥ ${limit}`, met: value >= limit };
}

/** Four significant digits: more is noise, and a changed digit would be a changed row. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((line) => line[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(head), rule, ...body.map(line)].join('\n');
}

export function rowTable(rows: readonly Row[]): string {
  const met = (row: Row): string => (row.met === null ? '' : row.met ? 'yes' : 'NO');
  return table(
    ['what', 'value', 'unit', 'goal', 'met'],
    rows.map((row) => [row.name, String(row.value), row.unit, row.goal ?? '', met(row)]),
  );
}
