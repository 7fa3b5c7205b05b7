import type { Outcome } from '../core/failure.ts';
import type { TaskStatus } from '../core/task.ts';

/** An asynchronous invocation that can be told apart and asked about by its id. */
export interface TaskStart {
  /** `name`, or `service/name` for a function of Function Compute 2.0. */
  readonly functionName: string;
  /** A letter or `_` first, then up to 127 of `A-Z a-z 0-9 _ -`. */
  readonly taskId: string;
  /** At most 128 KB. */
  readonly event: string;
}

/** Function Compute's asynchronous tasks. Every method makes one HTTP request a page and never retries. */
export interface Invoker {
  /** `exists`: the service knows a task of this id and function, and starts no second one. */
  start(task: TaskStart): Promise<Outcome<'started' | 'exists'>>;
  /** The tasks whose id begins with `prefix`, all pages. */
  list(query: {
    readonly functionName: string;
    readonly prefix: string;
  }): Promise<Outcome<ReadonlyMap<string, TaskStatus>>>;
  /** What a task's function gave back; null where the service does not keep it. */
  result(query: {
    readonly functionName: string;
    readonly taskId: string;
  }): Promise<Outcome<string | null>>;
}
