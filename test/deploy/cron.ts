/** Lowest and highest value of each field: seconds, minutes, hours, day of month, month, day of week. */
const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

export interface Cron {
  readonly timeZone: string;
  readonly fields: readonly string[];
}

/**
 * Reads a timer trigger's cron expression, which must name its time zone. Throws on anything that Function
 * Compute would refuse or, worse, run at another time. Source: time trigger page of FC 3.0, March 2026.
 */
export function parseCron(expression: string): Cron {
  const [zone = '', ...fields] = expression.split(' ');
  const timeZone = /^CRON_TZ=(.+)$/.exec(zone)?.[1];
  if (timeZone === undefined) throw new Error('no CRON_TZ: the expression would be in UTC');
  // Throws a RangeError for a zone that does not exist.
  new Intl.DateTimeFormat('en', { timeZone }).format();
  if (fields.length !== RANGES.length) throw new Error(`${fields.length} fields instead of six`);
  for (const [index, [lowest, highest]] of RANGES.entries()) {
    for (const part of (fields[index] ?? '').split(',')) checkPart(part, lowest, highest);
  }
  return { timeZone, fields };
}

function checkPart(part: string, lowest: number, highest: number): void {
  const match = /^(?:[*?]|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  const [, from = lowest, to = from, step = 1] = match ?? [];
  const inside = Number(from) >= lowest && Number(to) <= highest && Number(from) <= Number(to);
  if (match === null || !inside || Number(step) === 0) {
    throw new Error(`${part} is not allowed here`);
  }
}
