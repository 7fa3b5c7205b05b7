/**
 * Stands in for Function Compute's runtime: takes one invocation from standard input as JSON, calls the
 * built function's handler with it, and leaves standard output to the function. Exit status 0 when the
 * handler returned, 1 when it threw. Credentials arrive in the context, so they are never arguments.
 */
import { json } from 'node:stream/consumers';
import type * as Rotate from '../functions/rotate/index.ts';

export interface InvocationInput {
  readonly event: string;
  readonly context: Rotate.FunctionContext;
}

const { event, context } = (await json(process.stdin)) as InvocationInput;
const bundle = new URL('../rotate/index.js', import.meta.url);
const { handler } = (await import(bundle.href)) as typeof Rotate;

try {
  await handler(Buffer.from(event), context);
} catch (error) {
  // As Function Compute reports what a handler threw.
  const errorType = error instanceof Error ? error.name : typeof error;
  const errorMessage = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ errorType, errorMessage })}\n`);
  process.exitCode = 1;
}
