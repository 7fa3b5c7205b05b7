import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What Node publishes when the head of an answer has arrived. */
interface Answered {
  readonly request?: { readonly socket?: object | null };
}

const ANSWERED = 'http.client.response.finish';

/**
 * Ends the read timer of a request when its answer arrives. The vendor's core (httpx 2.3.3 below
 * @alicloud/openapi-core) starts one for each request and leaves it running when it reads an answer as JSON: for
 * the whole timeout it holds the request, the answer and the socket, thousands of them in a large run. What
 * follows of the answer is under our own deadline.
 */
export function endReadTimers(): void {
  // Whoever calls it again, in a warm instance, is not in twice.
  unsubscribe(ANSWERED, endReadTimer);
  subscribe(ANSWERED, endReadTimer);
}

function endReadTimer(message: unknown): void {
  const socket = (message as Answered).request?.socket;
  if (!socket) return;
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description !== 'TIMER::READ_TIMER') continue;
    clearTimeout((socket as Readonly<Record<symbol, NodeJS.Timeout | undefined>>)[symbol]);
  }
}
