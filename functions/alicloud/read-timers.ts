import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What Node publishes when the head of an answer has arrived. */
interface Answered {
  readonly request?: { readonly socket?: object | null };
  readonly response?: { once(event: 'end', listener: () => void): unknown };
}

const ANSWERED = 'http.client.response.finish';

/**
 * Ends the read timer of a request when its answer has been read. The vendor's clients (httpx 2.3.3) start one
 * for each request and leave it running when they read an answer as JSON: for the whole timeout it holds the
 * request, the answer and the socket, thousands of them in a large run, and when it fires it ends the timer of
 * whoever has the connection by then. Until the answer is read it is needed: nothing else closes the connection
 * of one that has no end.
 */
export function endReadTimers(): void {
  // Whoever calls it again, in a warm instance, is not in twice.
  unsubscribe(ANSWERED, endReadTimer);
  subscribe(ANSWERED, endReadTimer);
}

function endReadTimer(message: unknown): void {
  const { request, response } = message as Answered;
  // By the time the answer ends its connection may be another request's, with a timer of its own.
  const timers = readTimersOf(request?.socket ?? {});
  response?.once('end', () => timers.forEach((timer) => clearTimeout(timer)));
}

function readTimersOf(socket: object): readonly (NodeJS.Timeout | undefined)[] {
  return Object.getOwnPropertySymbols(socket)
    .filter((symbol) => symbol.description === 'TIMER::READ_TIMER')
    .map((symbol) => (socket as Readonly<Record<symbol, NodeJS.Timeout | undefined>>)[symbol]);
}
