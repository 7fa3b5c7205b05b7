import * as z from 'zod/mini';
import { classify } from '../core/error-classes.ts';
import type { Outcome } from '../core/failure.ts';
import type { TaskStatus } from '../core/task.ts';
import type { Invoker } from '../ports/invoker.ts';
import type { FcCall } from './fc-client.ts';
import { networkError } from './rpc.ts';
import type { RpcAnswer } from './rpc.ts';
import { id, text } from './wire-values.ts';

/** Starts a task of a 2.0 service through the API of 2.0. */
export type StartOn2 = (task: {
  readonly serviceName: string;
  readonly name: string;
  readonly taskId: string;
  readonly event: string;
}) => Promise<RpcAnswer>;

const taskPage = z.object({
  tasks: z.optional(z.array(z.object({ taskId: id, status: id }))),
  nextToken: text,
});
const taskDetail = z.object({ taskId: id, returnPayload: text });

/** Everything else is still going on. Source: AsyncTask, API of 2023-03-30 (August 2026). */
const STATUS: ReadonlyMap<string, TaskStatus> = new Map([
  ['Succeeded', 'succeeded'],
  ['Failed', 'failed'],
  ['Stopped', 'failed'],
  ['Expired', 'failed'],
  ['Invalid', 'failed'],
]);

/**
 * Asynchronous tasks over any transport. A function named `service/name` is one of Function Compute 2.0; it
 * is started with `startOn2` where that is there, and is `service$name` for everything else.
 */
export function createInvoker(
  request: (call: FcCall) => Promise<RpcAnswer>,
  startOn2: StartOn2 | null,
): Invoker {
  return {
    start: async ({ functionName, taskId, event }) => {
      const [serviceName = '', name] = functionName.split('/');
      const answer =
        name !== undefined && startOn2 !== null
          ? await startOn2({ serviceName, name, taskId, event })
          : await request({
              action: 'InvokeFunction',
              functionName: nameIn3(functionName),
              taskId,
              event,
            });
      if (answer.kind === 'ok') return { kind: 'ok', value: 'started' };
      // The code of a repeated id is not documented, the status is.
      if (answer.status === 409) return { kind: 'ok', value: 'exists' };
      return classify({ ...answer, operation: 'InvokeFunction' });
    },
    list: async ({ functionName, prefix }) => {
      const found = new Map<string, TaskStatus>();
      for (let nextToken: string | null = null; ;) {
        const page: Outcome<z.infer<typeof taskPage>> = decoded(
          'ListAsyncTasks',
          taskPage,
          await request({
            action: 'ListAsyncTasks',
            functionName: nameIn3(functionName),
            prefix,
            nextToken,
          }),
        );
        if (page.kind !== 'ok') return page;
        for (const { taskId, status } of page.value.tasks ?? []) {
          found.set(taskId, STATUS.get(status) ?? 'open');
        }
        // A token that leads to itself leads nowhere.
        if ([null, nextToken].includes(page.value.nextToken)) return { kind: 'ok', value: found };
        ({ nextToken } = page.value);
      }
    },
    result: async ({ functionName, taskId }) => {
      const call = { action: 'GetAsyncTask', functionName: nameIn3(functionName), taskId } as const;
      const task = decoded('GetAsyncTask', taskDetail, await request(call));
      return task.kind === 'ok' ? { kind: 'ok', value: task.value.returnPayload } : task;
    },
  };
}

function nameIn3(functionName: string): string {
  return functionName.replace('/', '$');
}

function decoded<T extends z.ZodMiniType>(
  operation: string,
  shape: T,
  answer: RpcAnswer,
): Outcome<z.infer<T>> {
  if (answer.kind === 'error') return classify({ ...answer, operation });
  const parsed = z.safeParse(shape, answer.body);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  return classify({ ...networkError('unparsable'), operation });
}
