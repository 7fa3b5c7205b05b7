import { SWITCHES } from '../../local/switches.ts';
import { STRUCK_KINDS } from './options.ts';
import type { TableName, Totals } from './totals.ts';

const SWITCH_VALUES: readonly string[] = Object.entries(SWITCHES).flatMap(([name, values]) =>
  values.map((value) => `${name}=${value}`),
);

/** The fault kinds and switch values that no seed met. */
export function unmet({ tables }: Totals): readonly string[] {
  return [
    ...STRUCK_KINDS.filter((kind) => !tables.faults.has(kind)),
    ...SWITCH_VALUES.filter((value) => !tables.switches.has(value)),
  ];
}

export function printTotals(totals: Totals, what: string, seconds: number, workers: number): void {
  const { tables, combinations } = totals;
  const figure = (name: string): number => tables.figures.get(name) ?? 0;
  const table = (name: TableName): string =>
    [...tables[name]]
      .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
      .map(([label, met]) => `  ${label.padEnd(34)} ${met}`)
      .join('\n');
  const rate = ((figure('seeds') / seconds) * 60).toFixed(0);
  console.log(`${what}: every promise kept`);
  console.log(
    `  ${figure('runs')} runs, ${figure('kills')} kills, ${figure('writes')} writes, ` +
      `${combinations.size} switch combinations`,
  );
  console.log(`  ${rate} seeds a minute, ${workers} workers`);
  console.log(`switch values met: ${tables.switches.size} of ${SWITCH_VALUES.length}`);
  console.log(
    `fault kinds met: ${tables.faults.size} of ${STRUCK_KINDS.length}\n${table('faults')}`,
  );
  console.log(`outcomes and reasons:\n${table('outcomes')}`);
}
