import type { RunEvent } from '../functions/core/events.ts';
import type { Log } from '../functions/ports/log.ts';
import { plainLine } from '../functions/report/plain-lines.ts';
import type { Style } from '../functions/report/terminal-text.ts';

/** Of a terminal as wide as it is, or of 80 columns where the output goes elsewhere. */
export function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Style {
  const plain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { colour: stream.isTTY && !plain, width: Math.max(40, stream.columns ?? 80) };
}

/** Progress goes to standard error, so that standard output holds nothing but the result. */
export const progressLog: Log = {
  event: (event: RunEvent) => void process.stderr.write(`${plainLine(event)}\n`),
};

export const silentLog: Log = { event: () => undefined };

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
