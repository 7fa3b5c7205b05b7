import type { RunEvent } from '../functions/core/events.ts';
import type { Log } from '../functions/ports/log.ts';
import { EMPTY_VIEW, frame, seen } from '../functions/report/live-view.ts';
import { plainLine } from '../functions/report/plain-lines.ts';
import type { Style } from '../functions/report/terminal-text.ts';

/** Of a terminal as wide as it is, or of 80 columns where the output goes elsewhere. */
export function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Style {
  const plain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { colour: stream.isTTY && !plain, width: Math.max(40, stream.columns ?? 80) };
}

/** What shows a run while it goes on. `close` leaves the terminal free for its result. */
export interface Progress extends Log {
  close(): void;
}

/** Progress goes to standard error, so that standard output holds nothing but the result. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  return {
    event: (event: RunEvent) => void stream.write(`${plainLine(event)}\n`),
    close: () => undefined,
  };
}

function liveProgress(stream: NodeJS.WriteStream): Progress {
  let view = EMPTY_VIEW;
  let drawn = 0;
  const draw = (lines: readonly string[]): void => {
    // Up to where the last frame began, then clear from there to the end of the screen.
    const back = drawn === 0 ? '' : `\u001B[${drawn}A`;
    stream.write(`${back}\r\u001B[J${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  return {
    event(event) {
      view = seen(view, event);
      // The cursor cannot go up past the screen, and it stands in a line below the frame.
      const height = Math.max(3, (stream.rows ?? 24) - 1);
      draw(frame(view, { ...styleOf(stream, process.env), height }));
    },
    close: () => draw([]),
  };
}

export const silentProgress: Progress = { event: () => undefined, close: () => undefined };

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
