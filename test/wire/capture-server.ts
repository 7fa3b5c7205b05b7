import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Captured {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

/** Answers one request; may as well break the connection or never answer. */
export type Reply = (response: ServerResponse, request: Captured) => void;

export interface CaptureServer {
  readonly endpoint: { readonly protocol: 'http'; readonly host: string };
  readonly captured: Captured[];
  reply: Reply;
  close(): Promise<void>;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** A server that remembers what it was sent and answers as it is told: it knows no API. */
export async function startCaptureServer(): Promise<CaptureServer> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = capture(request, Buffer.concat(chunks).toString('utf8'));
      self.captured.push(one);
      self.reply(response, one);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const self: CaptureServer = {
    endpoint: { protocol: 'http', host: `127.0.0.1:${port}` },
    captured: [],
    reply: json(200, { RequestId: 'R-1' }),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return self;
}

/** The one request that arrived; it is an error if there were none or more. */
export function onlyRequestOf({ captured }: CaptureServer): Captured {
  const [request, ...more] = captured;
  if (request === undefined || more.length > 0) {
    throw new Error(`${captured.length} requests arrived, not one`);
  }
  return request;
}

function capture(request: IncomingMessage, body: string): Captured {
  const url = new URL(request.url ?? '/', 'http://loopback');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    form: Object.fromEntries(new URLSearchParams(body)),
    headers: request.headers,
  };
}
