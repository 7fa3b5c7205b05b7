/** Serverless Devs itself renders the deployment files, offline, as it would before a deployment. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, readTemplate } from './template.ts';
import type { Variables } from './template.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE = createRequire(import.meta.url).resolve('@serverless-devs/s/package.json');
const PROGRAM = join(dirname(PACKAGE), 'bin', 's');

async function preview(file: string, env: Variables): Promise<unknown> {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-preview-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PROGRAM, 'preview', '-o', 'json', '-t', file],
    { cwd: ROOT, env: { HOME: home, PATH: process.env['PATH'] ?? '', ...env } },
  );
  // Warnings come first. Without an account configured, it leaves the account's number open.
  const json = stdout.slice(stdout.indexOf('{')).replaceAll("${config('AccountID')}", ACCOUNT);
  return JSON.parse(json);
}

test.each<[string, Variables]>([
  ['s.yaml', {}],
  ['s.yaml', { KEYTURN_REGION: 'eu-central-1', KEYTURN_WINDOW: 'Sat 01:00-05:00 UTC' }],
  ['s.large.yaml', {}],
  ['s.fc2.yaml', { KEYTURN_SECRET_PREFIX: 'vpn/' }],
])('%s with %j', async (file, env) => {
  expect(await preview(file, env)).toEqual(readTemplate(file, env));
});
