import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { realClock } from '../../../local/clock.ts';
import { inChildProcess } from '../../../local/fc/child-process.ts';
import { createFunctionCompute, type FunctionCompute } from '../../../local/fc/function-compute.ts';
import { parseFcAuthorization, verifyFcSignature } from '../../../local/fc/signature.ts';
import { Prng } from '../../../local/prng.ts';
import { Roles } from '../../../local/ram/roles.ts';

export const ACCOUNT = '1234567890123456';
export const REGION = 'cn-hangzhou';
export const KEY = { accessKeyId: 'LTAI-example', accessKeySecret: 'example-secret' };

/** A function that does what its event says. */
const BUNDLE = `
export const handler = async (event, context) => {
  const order = JSON.parse(event.toString());
  if (order.say) console.log(order.say);
  if (order.throw) throw Object.assign(new Error(order.throw), { name: 'RotationError' });
  if (order.exit) process.exit(0);
  if (order.hang) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  if (order.eat) { const held = []; for (;;) held.push(Buffer.alloc(16_777_216, 1)); }
  return JSON.stringify({
    order,
    requestId: context.requestId,
    keyId: context.credentials?.accessKeyId,
    envKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    hostEnv: process.env.HOME,
    site: process.env.SITE,
    retryCount: context.retryCount,
  });
};`;

export interface FcServer {
  readonly fc: FunctionCompute;
  readonly endpoint: string;
  readonly bundlePath: string;
  close(): Promise<void>;
}

/** Function Compute on loopback; FC signatures are verified, those of FC 3.0 belong to the front door. */
export async function startFc(): Promise<FcServer> {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-fc-'));
  const runnerPath = join(directory, 'runner.mjs');
  const bundlePath = join(directory, 'index.mjs');
  writeFileSync(bundlePath, BUNDLE);
  await build({
    entryPoints: ['local/fc/runner.ts'],
    outfile: runnerPath,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const random = new Prng(1);
  const roles = new Roles({ random, accountId: ACCOUNT });
  roles.define({
    name: 'rotate',
    trust: {
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
      ],
    },
    policies: [],
  });
  const fc = createFunctionCompute({
    clock: realClock(),
    random,
    accountId: ACCOUNT,
    regionId: REGION,
    roles,
    execute: inChildProcess({ runnerPath }),
  });
  const server = serve(fc);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    fc,
    bundlePath,
    endpoint: `127.0.0.1:${port}`,
    close: () => {
      fc.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(fc: FunctionCompute): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const headers = request.headers as Record<string, string>;
      const body = Buffer.concat(chunks);
      const { method = '' } = request;
      const signed = parseFcAuthorization(headers['authorization'] ?? '');
      const verified =
        signed === null ||
        verifyFcSignature({
          method,
          path: url.pathname,
          headers,
          body,
          signature: signed.signature,
          accessKeySecret: KEY.accessKeySecret,
        });
      if (!verified) {
        response.writeHead(403, { 'content-type': 'application/json' });
        response.end('{"ErrorCode":"SignatureNotMatch","ErrorMessage":"not verified"}');
        return;
      }
      void fc
        .handle({
          method,
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers,
          body,
          caller: { accountId: ACCOUNT, accessKeyId: KEY.accessKeyId, roleName: null },
        })
        .then((answer) => response.writeHead(answer.status, answer.headers).end(answer.body));
    });
  });
}
