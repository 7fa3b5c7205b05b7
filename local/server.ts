/** The local cloud on loopback: one listener for each service and one to steer it. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Cloud } from './cloud.ts';
import { control } from './control.ts';
import type { FleetFile } from './fleet-file.ts';
import type { HttpResponse, Product } from './front-door/call.ts';
import type { Switches } from './switches.ts';

/** Signed requests hold 30,720 bytes of secret percent-encoded in their URL. */
const MAX_HEADER_BYTES = 256 * 1024;
/** Function events are at most 32 MB; nothing else comes near. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** A client that has not sent its request by then is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Of each listener. */
const MAX_CONNECTIONS = 2_000;

export interface LocalCloud {
  readonly cloud: Cloud;
  readonly vpc: string;
  readonly kms: string;
  readonly fc: string;
  readonly control: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  close(): Promise<void>;
}

export interface LocalCloudOptions {
  readonly fleet: FleetFile;
  /** Of the VPC listener; the others take what is free. 0: any. */
  readonly port?: number;
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  /** Answers the function service; without it that door is shut. */
  readonly functions?: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;
}

export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const cloud = new Cloud({
    seed: options.seed ?? 1,
    now: () => Date.now(),
    fleet: options.fleet,
    ...(options.switches === undefined ? {} : { switches: options.switches }),
  });
  const service = (name: Product): Server =>
    listener((request, body, response) => {
      if (name === 'fc') {
        if (options.functions === undefined) response.writeHead(404).end();
        else options.functions(request, body, response);
        return;
      }
      serve(cloud, name, request, body, response);
    });
  const steer = listener((request, body, response) => control(cloud, request, body, response));
  const servers = [service('vpc'), service('kms'), service('fc'), steer] as const;
  const [vpc, kms, fc, controls] = await Promise.all(
    servers.map((server, index) => listen(server, index === 0 ? (options.port ?? 0) : 0)),
  );
  return {
    cloud,
    vpc: vpc ?? '',
    kms: kms ?? '',
    fc: fc ?? '',
    control: controls ?? '',
    accessKeyId: cloud.account.accessKeyId,
    accessKeySecret: cloud.account.accessKeySecret,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

type Handle = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

function listener(handle: Handle): Server {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      readBody(request)
        .then((body) => {
          if (body === null) response.writeHead(413, { connection: 'close' }).end();
          else handle(request, body, response);
        })
        .catch(() => request.destroy());
    },
  );
  boundConnections(server);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

/** Past the bound, the connection that has been silent longest makes room for a new one. */
function boundConnections(server: Server): void {
  const open = new Set<Socket>();
  const heardFrom = (socket: Socket): void => {
    open.delete(socket);
    open.add(socket);
  };
  server.on('connection', (socket) => {
    heardFrom(socket);
    socket.once('close', () => open.delete(socket));
    const [silent] = open;
    if (open.size > MAX_CONNECTIONS) silent?.destroy();
  });
  server.on('request', ({ socket }) => heardFrom(socket));
}

/** Null when the body is larger than any client's may be. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function serve(
  cloud: Cloud,
  service: Product,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const result = cloud.handle({
    service,
    method: request.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers,
    body,
  });
  send(result, response);
}

function send(result: HttpResponse, response: ServerResponse): void {
  switch (result.kind) {
    case 'stall':
      return;
    case 'reset':
      if (result.partial === undefined) {
        response.socket?.resetAndDestroy();
        return;
      }
      response.writeHead(200, {
        'content-type': 'application/json;charset=utf-8',
        'content-length': result.partial.length * 2,
      });
      response.write(result.partial, () => response.socket?.destroy());
      return;
    case 'answer':
      setTimeout(() => {
        response.writeHead(result.status, result.headers).end(result.body);
      }, result.delayMs);
  }
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
