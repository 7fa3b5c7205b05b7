import { execute } from './execute.ts';
import { invocation } from './invocation.ts';
import type { FunctionContext } from './invocation.ts';

export type { FunctionContext };

/** Function Compute's entry: event in, report out. Throws when a person has to look. */
export async function handler(event: Buffer, context: FunctionContext): Promise<string> {
  return invocation(event, context, {
    work: execute,
    successor: (settings, itself) => settings.fcFunction ?? itself,
    // Not in this bundle: a function of 2.0 is reached over the API of 3.0 as well.
    fc2: null,
  });
}
