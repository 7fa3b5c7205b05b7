/** The local cloud on loopback: one listener for each service and one to steer it. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Cloud } from './cloud.ts';
import { control } from './control.ts';
import { inChildProcess } from './fc/child-process.ts';
import { readDefinition } from './fc/definition.ts';
import type { Execute } from './fc/execution.ts';
import type { FleetFile } from './fleet-file.ts';
import type { HttpResponse, Product } from './front-door/call.ts';
import type { Switches } from './switches.ts';

/** Signed requests hold 30,720 bytes of secret percent-encoded in their URL. */
const MAX_HEADER_BYTES = 256 * 1024;
/** Function events are at most 32 MB; nothing else comes near. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** A client that has not sent its request by then is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Above what clients keep a connection for, so that none is closed under a request on its way. */
const KEEP_ALIVE_MS = 75_000;
/** Of each listener. */
const MAX_CONNECTIONS = 2_000;

export interface LocalCloud {
  /** Another one after a reset. */
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
  /** Of the VPC listener; KMS, Function Compute and the control address take the three after it. 0: any. */
  readonly port?: number;
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  /** Where relative paths of functions start; default: the working folder. */
  readonly folder?: string;
  /** Runs functions; default: each in a process of its own. */
  readonly execute?: Execute;
}

/** The bundle that runs one function: beside this file where it is bundled itself, else as it was built. */
const RUNNER = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/local/runner.mjs' : './runner.mjs',
  import.meta.url,
);

export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { port = 0, folder = process.cwd(), fleet } = options;
  const addresses = { vpc: '', kms: '', fc: '' };
  let cloud = cloudOf(options);
  const deploy = (value: unknown): void =>
    cloud.functions.deploy(readDefinition(withAddresses(value, addresses), folder));
  const deployAll = (): void => fleet.functions?.forEach(deploy);
  const reset = (): void => {
    cloud.functions.close();
    cloud = cloudOf(options);
    deployAll();
  };
  const service = (name: Product): Server =>
    listener((request, body, response) => serve(cloud, name, { request, body, response }));
  const steer = listener((request, body, response) =>
    control({ cloud, deploy, reset }, request, body, response),
  );
  const servers = [service('vpc'), service('kms'), service('fc'), steer] as const;
  const [vpc = '', kms = '', fc = '', steering = ''] = await Promise.all(
    servers.map((server, index) => listen(server, port === 0 ? 0 : port + index)),
  );
  Object.assign(addresses, { vpc, kms, fc });
  deployAll();
  return {
    get cloud() {
      return cloud;
    },
    ...addresses,
    control: steering,
    accessKeyId: cloud.account.accessKeyId,
    accessKeySecret: cloud.account.accessKeySecret,
    close: async () => {
      cloud.functions.close();
      await Promise.all(servers.map(close));
    },
  };
}

/** The same for the same options: also its access key. */
function cloudOf(options: LocalCloudOptions): Cloud {
  return new Cloud({
    seed: options.seed ?? 1,
    now: () => Date.now(),
    fleet: options.fleet,
    ...(options.switches === undefined ? {} : { switches: options.switches }),
    // Whatever still waits to happen keeps nobody from ending.
    sleep: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms).unref();
      }),
    execute: options.execute ?? inChildProcess({ runnerPath: fileURLToPath(RUNNER) }),
  });
}

type Handle = (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>;

function listener(handle: Handle): Server {
  /** Sockets whose request has come in whole and is being answered: a function can take an hour. */
  const answering = new Set<Socket>();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      readBody(request)
        .then((body) => {
          if (body === null) {
            response.writeHead(413, { connection: 'close' }).end();
            return;
          }
          const { socket } = request;
          answering.add(socket);
          response.once('close', () => answering.delete(socket));
          return handle(request, body, response);
        })
        .catch(() => request.destroy());
    },
  );
  boundConnections(server, answering);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

/** Past the bound, the connection that has been silent longest and waits for nothing makes room. */
function boundConnections(server: Server, answering: ReadonlySet<Socket>): void {
  const open = new Set<Socket>();
  const heardFrom = (socket: Socket): void => {
    open.delete(socket);
    open.add(socket);
  };
  server.on('connection', (socket) => {
    heardFrom(socket);
    socket.once('close', () => open.delete(socket));
    if (open.size <= MAX_CONNECTIONS) return;
    for (const silent of open) {
      if (answering.has(silent)) continue;
      silent.destroy();
      return;
    }
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

/** `${vpc}` and so on in environment variables become this cloud's addresses. */
function withAddresses(value: unknown, addresses: Readonly<Record<string, string>>): unknown {
  const definition = value as { environmentVariables?: unknown } | null;
  const env = definition?.environmentVariables;
  if (typeof env !== 'object' || env === null) return value;
  const filled = Object.entries(env).map(([name, text]: [string, unknown]) => [
    name,
    typeof text === 'string'
      ? text.replace(/\$\{(vpc|kms|fc)\}/gu, (_whole, service: string) => addresses[service] ?? '')
      : text,
  ]);
  return { ...definition, environmentVariables: Object.fromEntries(filled) as unknown };
}

async function serve(
  cloud: Cloud,
  service: Product,
  exchange: { request: IncomingMessage; body: Buffer; response: ServerResponse },
): Promise<void> {
  const { request, body, response } = exchange;
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const call = {
    service,
    method: request.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers,
    body,
  };
  // By the service's clock, which can be stepped, not by Node's.
  response.setHeader('date', new Date(cloud.now()).toUTCString());
  send(service === 'fc' ? await cloud.handleFunctionCall(call) : cloud.handle(call), response);
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
