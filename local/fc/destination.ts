/** Where the outcome of an asynchronous invocation goes. Source: "Result callback" (April 2026). */
import { authorise } from '../ram/evaluate.ts';
import type { Policy } from '../ram/policy.ts';
import { UNHANDLED } from './answers.ts';
import type { AsyncTask } from './async-task.ts';

export interface DestinationMessage {
  readonly timestamp: number;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    /** The error code of the invocation; empty on success. */
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: string;
  readonly responseContext: { readonly statusCode: number; readonly functionError: string };
  readonly responsePayload: string;
}

export interface Delivery {
  readonly destination: string;
  readonly message: DestinationMessage;
  /** False when the function's role may not reach the destination: the message is lost. */
  readonly delivered: boolean;
}

export function destinationMessage(
  task: AsyncTask,
  outcome: { functionArn: string; condition: string; now: number },
): DestinationMessage {
  return {
    timestamp: outcome.now,
    requestContext: {
      requestId: task.requestId,
      functionArn: outcome.functionArn,
      condition: outcome.condition,
      approximateInvokeCount: task.attempts,
    },
    requestPayload: task.event.toString(),
    responseContext: {
      statusCode: 200,
      functionError: outcome.condition === UNHANDLED ? UNHANDLED : '',
    },
    responsePayload: task.result,
  };
}

const ACTIONS: readonly [RegExp, string][] = [
  [/^acs:mns:[^:]*:[^:]*:\/queues\/[^/]+\/messages$/, 'mns:SendMessage'],
  [/^acs:mns:[^:]*:[^:]*:\/topics\/[^/]+\/messages$/, 'mns:PublishMessage'],
  [/^acs:fc:[^:]*:[^:]*:functions\/[^/]+$/, 'fc:InvokeFunction'],
];

/** Whether the function's role may send there; no other kind of destination is known here. */
export function mayDeliver(policies: readonly Policy[], destination: string): boolean {
  const action = ACTIONS.find(([pattern]) => pattern.test(destination))?.[1];
  if (action === undefined) return false;
  return authorise({ policies, action, resources: [destination], context: {} }).allowed;
}

/** The name of the function that a destination is, or null. */
export function destinationFunction(destination: string): string | null {
  return /^acs:fc:[^:]*:[^:]*:functions\/([^/]+)$/.exec(destination)?.[1] ?? null;
}
