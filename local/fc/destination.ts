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
  /** False: the message is lost. */
  readonly delivered: boolean;
  readonly obstacle: 'not-allowed' | 'not-there' | null;
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

/** What keeps a message from its destination: the role may not send there, or nothing is there. */
export function obstacleTo(
  destination: string,
  options: { readonly policies: readonly Policy[]; readonly exists: boolean },
): Delivery['obstacle'] {
  const { policies, exists } = options;
  const action = ACTIONS.find(([pattern]) => pattern.test(destination))?.[1];
  if (action === undefined) return 'not-there';
  const { allowed } = authorise({ policies, action, resources: [destination], context: {} });
  if (!allowed) return 'not-allowed';
  return exists ? null : 'not-there';
}

/** The name of the function that a destination is, or null. */
export function destinationFunction(destination: string): string | null {
  return /^acs:fc:[^:]*:[^:]*:functions\/([^/]+)$/.exec(destination)?.[1] ?? null;
}

/** `queues/name` or `topics/name`, or null when the destination is neither. */
export function mailboxOf(destination: string): string | null {
  return (
    /^acs:mns:[^:]*:[^:]*:\/((?:queues|topics)\/[^/]+)\/messages$/.exec(destination)?.[1] ?? null
  );
}
