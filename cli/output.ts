import type { RunEvent } from '../functions/core/events.ts';
import type { Log } from '../functions/ports/log.ts';
import { LiveView } from '../functions/report/live-view.ts';
import { plainLine } from '../functions/report/plain-lines.ts';
import type { Style } from '../functions/report/terminal-text.ts';
import { systemClock } from '../functions/rotate/system.ts';

const WIDTH_ELSEWHERE = 80;

/** Of a terminal as wide as it is; elsewhere of COLUMNS, or of 80. */
export function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Style {
  const told = /^\d{2,3}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : WIDTH_ELSEWHERE;
  return { colour: colours(stream, env), width: Math.max(40, columnsOf(stream) ?? told) };
}

/** A terminal that does not know its size says 0. */
const columnsOf = ({ columns }: NodeJS.WriteStream): number | null =>
  columns > 0 ? columns : null;

/** FORCE_COLOR goes before NO_COLOR, as in Node itself. `--no-color` sets both, see `plainText`. */
function colours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY && (none === undefined || none === '');
}

/** What `--no-color` does: everything that asks the environment answers the same. */
export function plainText(env: NodeJS.ProcessEnv): void {
  env['NO_COLOR'] = '1';
  env['FORCE_COLOR'] = '0';
}

/** What shows a run while it goes on. */
export interface Progress extends Log {
  /** Says something beside it, once. */
  note(text: string): void;
  /** Leaves the terminal free for the result. */
  close(): void;
}

/** Progress goes to standard error, so that standard output holds nothing but the result. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  return {
    event(event: RunEvent) {
      const line = plainLine(event);
      if (line !== null) stream.write(`${line}\n`);
    },
    note: (text) => void stream.write(`${text}\n`),
    close: () => undefined,
  };
}

/** How often the clock in the frame moves on, where nothing else happens. */
const TICK_MS = 1000;

function liveProgress(stream: NodeJS.WriteStream): Progress {
  const view = new LiveView();
  let drawn = 0;
  const draw = (lines: readonly string[]): void => {
    // Up to where the last frame began, then clear from there to the end of the screen.
    const back = drawn === 0 ? '' : `\u001B[${drawn}A`;
    stream.write(`${back}\r\u001B[J${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const show = (): void => {
    // The cursor cannot go up past the screen, and it stands in a line below the frame.
    const height = Math.max(3, (stream.rows ?? 24) - 1);
    draw(view.frame({ ...styleOf(stream, process.env), height }, systemClock.now()));
  };
  const ticking = setInterval(show, TICK_MS);
  ticking.unref();
  return {
    event(event) {
      view.seen(event, systemClock.now());
      show();
    },
    note(text) {
      draw([]);
      stream.write(`${text}\n`);
      show();
    },
    close() {
      clearInterval(ticking);
      if (drawn > 0) draw([]);
    },
  };
}

export const silentProgress: Progress = {
  event: () => undefined,
  note: () => undefined,
  close: () => undefined,
};

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** The data as JSON where it was asked for, else as text for this terminal. */
export function show<T>(
  data: T,
  json: boolean | undefined,
  text: (data: T, style: Style) => string,
): void {
  if (json === true) printJson(data);
  else print(text(data, styleOf(process.stdout, process.env)));
}
