/**
 * Runs one invocation of a function in a process of its own, as Function Compute's Node.js runtime does:
 * `node <this file, bundled>`, everything else comes over the message channel. A process that exits
 * before its handler has answered is reported as such by the parent.
 */
import { pathToFileURL } from 'node:url';
import { describe, encode } from './handler.ts';
import type { FunctionContext } from './context.ts';
import type { RunnerEnd, RunnerStart } from './runner-protocol.ts';

type Handler = (event: Buffer, context: object) => unknown;

process.once('message', (start: RunnerStart) => {
  void run(start).then((end) => process.send?.(end));
});
// Whoever started this is gone, or has heard enough.
process.once('disconnect', () => process.exit());

async function run(start: RunnerStart): Promise<RunnerEnd> {
  try {
    const bundle = (await import(pathToFileURL(start.bundlePath).href)) as Record<string, unknown>;
    const handler = bundle[start.handlerExport];
    if (typeof handler !== 'function') {
      throw new TypeError(`Handler '${start.handlerExport}' is missing on module`);
    }
    const event = Buffer.from(start.event);
    const context = { ...start.context, tracing: {}, logger: logger(start.context) };
    return { kind: 'returned', body: encode(await (handler as Handler)(event, context)) };
  } catch (error) {
    return { kind: 'failed', error: describe(error) };
  }
}

/** Lines in the form that the runtime's documentation shows: time, request id, level, message. */
function logger({ requestId }: FunctionContext): Record<string, (...words: unknown[]) => void> {
  const level =
    (name: string) =>
    (...words: unknown[]): void => {
      const line = `${new Date().toISOString()} ${requestId} [${name}] ${words.map(String).join(' ')}`;
      process.stdout.write(`${line}\n`);
    };
  return {
    debug: level('DEBUG'),
    info: level('INFO'),
    warn: level('WARNING'),
    error: level('ERROR'),
    log: level('INFO'),
  };
}
