import { lazily } from '../alicloud/index.ts';
import { invocation } from '../rotate/invocation.ts';
import type { FunctionContext } from '../rotate/invocation.ts';
import { dispatchCommand } from './dispatch-command.ts';

/** Function Compute's entry: event in, one report over all shards out. Throws when a person has to look. */
export async function handler(event: Buffer, context: FunctionContext): Promise<string> {
  return invocation(event, context, {
    work: dispatchCommand,
    // Both functions are of the same service where there are services.
    successor: ({ fcFunction }, itself) =>
      fcFunction?.includes('/') ? `${fcFunction.split('/')[0]}/${itself}` : itself,
    fc2: (options) =>
      lazily(async () => (await import('../alicloud/fc2-client.ts')).createFc2Client(options)),
  });
}
