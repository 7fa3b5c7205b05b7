/** What `npm start` and `npm run local` run once they are built. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { SAMPLE_EXCEPTIONS } from '../../local/sample-fleet.ts';
import { cloudOf, timerEvent } from '../e2e/harness.ts';
import { smallFleet } from '../e2e/small-fleet.ts';

function start(program: string, args: readonly string[], environment = {}) {
  const bundle = fileURLToPath(new URL(`../../dist/cli/${program}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [bundle, ...args], { env: environment });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [exit] = (await once(child, 'close')) as [number | null];
  return exit;
}

test('a night of the sample fleet ends as the sample means it, with only the report on stdout', async () => {
  const demo = start('demo', ['--json']);
  const [exit, out] = await Promise.all([exitOf(demo), text(demo.stdout)]);
  const report = JSON.parse(out);
  expect(exit).toBe(0);
  expect(report).toMatchObject({ schema: 'keyturn/report/1', trigger: 'timer nightly' });
  const open = report.groups.filter(({ verdict }: { verdict: string }) => verdict !== 'converged');
  expect(open).toMatchObject(
    Object.entries(SAMPLE_EXCEPTIONS).map(([customerGatewayId, code]) => ({
      customerGatewayId,
      reason: { code },
    })),
  );
});

test('a local cloud says where it is in its first line and ends when it is told to', async () => {
  const child = start('keyturn', ['local', '--port', '0']);
  const [first] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const addresses = JSON.parse(first);
  const answer = await fetch(`${addresses.control}/state`);
  expect(await answer.json()).toHaveProperty('connections');
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
});

test('the function host fails as Function Compute does, and shows no credential', async () => {
  const local = await cloudOf(smallFleet());
  const { accessKeyId } = local;
  const host = start('function-host', [], {
    KEYTURN_SECRETS: 'vpn/*',
    KEYTURN_VPC_ENDPOINT: local.vpc,
    KEYTURN_KMS_ENDPOINT: local.kms,
  });
  host.stdin.end(
    JSON.stringify({
      event: timerEvent(),
      context: {
        requestId: 'example-request-1',
        credentials: { accessKeyId, accessKeySecret: 'example-secret-that-is-wrong' },
        region: 'cn-hangzhou',
        accountId: local.cloud.credentials.accountId,
        function: { name: 'keyturn-rotate', timeout: 600 },
      },
    }),
  );
  const [exit, out, errors] = await Promise.all([
    exitOf(host),
    text(host.stdout),
    text(host.stderr),
  ]);
  expect(exit).toBe(1);
  expect(JSON.parse(errors)).toHaveProperty('errorType');
  expect(out + errors).not.toContain('example-secret-that-is-wrong');
});
