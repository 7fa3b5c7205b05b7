/**
 * Every command in the README and in docs/ works as it stands, against a local cloud with the sample fleet.
 * What cannot be run here is listed with the reason. `npm run docs:sessions` writes what the sessions print.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { LocalCloud } from '../../local/server.ts';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { cloudOf } from '../e2e/harness.ts';
import { typedCommands, withPrinted } from './typed-commands.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KEYTURN = join(ROOT, 'dist/cli/keyturn.mjs');
const RECORD = process.env['KEYTURN_RECORD'] === '1';

const PAGES = [
  'README.md',
  'policies/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** Pages whose commands another test runs. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/local-cloud.md': 'test/local/guide.wire.ts runs its example',
};

/** Why a command is not run here, by how it begins. */
const NOT_RUN: readonly (readonly [begins: string, because: string])[] = [
  ['aliyun ', 'the vendor’s command line needs an account'],
  ['s ', 'deploys to Function Compute'],
  ['npm ci && npm ', 'what the lanes of continuous integration do'],
  ['npm ci && s deploy', 'deploys to Function Compute'],
  ['npm run ', 'builds what this test runs'],
  ['keyturn local ', 'this test has a local cloud of its own'],
  ['until [ -s cloud.json ]', 'this test has a local cloud of its own'],
  ['source cloud.env', 'this test sets the same variables'],
  ['source <(keyturn completion', 'test/cli/completion.e2e.ts does'],
  ['npx --package ', 'test/cli/pack.e2e.ts does'],
  ['swanctl ', 'needs a running IKE daemon at the far end'],
  ['DEBUG=', 'the page says never to do it'],
];

const reasonNotTo = (text: string): string | null =>
  NOT_RUN.find(([begins]) => text.startsWith(begins))?.[1] ?? null;

interface Shell {
  readonly run: (text: string) => Promise<{ exit: number | null; out: string; errors: string }>;
}

/** Runs one command after the other in one folder, with `keyturn` on the path. */
function shellFor(local: LocalCloud): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'bin-keyturn');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${KEYTURN}" "$@"\n`);
  chmodSync(program, 0o755);
  const work = mkdtempSync(join(folder, 'work-'));
  writeFileSync(join(work, 'document.json'), DOCUMENT);
  // A clone that is built, and a draft that somebody has filled in.
  symlinkSync(join(ROOT, 'dist'), join(work, 'dist'));
  mkdirSync(join(work, 'drafts'));
  writeFileSync(join(work, 'drafts/branch-a.json'), DOCUMENT);
  const env = {
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    COLUMNS: '80',
    KEYTURN_VPC_ENDPOINT: local.vpc,
    KEYTURN_KMS_ENDPOINT: local.kms,
    KEYTURN_REGION: 'cn-hangzhou',
    KEYTURN_SECRETS: 'vpn/*',
    KEYTURN_LEASE_SECRET: 'keyturn/lease',
    KEYTURN_STATUS_LAG_MS: '500',
    ALIBABA_CLOUD_ACCESS_KEY_ID: local.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: local.accessKeySecret,
  };
  const run = (text: string) =>
    new Promise<{ exit: number | null; out: string; errors: string }>((resolve, reject) => {
      const script = `keyturn() { "${program}" "$@"; }\n${text}`;
      const child = spawn('bash', ['-c', script], {
        cwd: work,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const heard = { out: '', errors: '' };
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (heard.out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (heard.errors += chunk));
      child.once('error', reject);
      child.once('close', (exit) => resolve({ exit, ...heard }));
    });
  return { run };
}

/** The sample fleet, and the secret that the deployment guide has the vendor's command line create. */
function fleetOfThePages(): FleetFile {
  const fleet = sampleFleet();
  const versions = [{ versionId: 'empty', labels: ['ACSCurrent'], data: 'none' }];
  const created = { name: 'keyturn/documents/branch-a', versions };
  return { ...fleet, secrets: [...fleet.secrets, created] };
}

/** What the pages mean by `document.json`. */
const DOCUMENT = JSON.stringify({
  schema: 'keyturn/1',
  targets: [
    {
      RegionId: 'eu-central-1',
      VpnConnectionId: 'vco-milan-partner-1',
      Psk: 'example-psk-of-the-pages',
    },
  ],
});

/** On a terminal the progress of a run is gone when the result comes. */
const printedBy = (text: string, { out, errors }: { out: string; errors: string }): string =>
  (/^keyturn (?:rotate|restore) /.test(text) && out !== '' ? out : `${out}${errors}`).trimEnd();

/** What may differ from one time to the next: ids, times, lengths, and what was seen to negotiate. */
const settled = (text: string): string =>
  text
    .replaceAll(/run_[0-9a-f]{20}/g, 'run_#')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\d+ writes, \d+ API calls, [\d.]+ s/g, 'FIGURES')
    .replaceAll(/, \d+ proven/g, '')
    .replaceAll(/^unproven\n(?: .*\n)+\n?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe.each(PAGES.filter((page) => ELSEWHERE[page] === undefined))('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const commands = typedCommands(text).filter((command) => reasonNotTo(command.text) === null);

  test('has people type only what works', async () => {
    const shell = shellFor(await cloudOf(fleetOfThePages()));
    const printed = new Map<number, string>();
    const seen: string[] = [];
    const wanted: string[] = [];
    for (const { line, text: typed, shown } of commands) {
      const result = await shell.run(typed);
      const said = printedBy(typed, result);
      const place = `${page}:${line}: ${typed}\n`;
      if (shown !== null) printed.set(line, said);
      // Where the page shows nothing, it is enough that it works.
      seen.push(place + (shown === null && fine(result.exit) ? WORKS : settled(said)));
      wanted.push(place + (shown === null ? WORKS : settled(shown)));
    }
    if (RECORD) writeFileSync(join(ROOT, page), withPrinted(text, printed));
    expect(seen).toEqual(RECORD ? seen : wanted);
  });
});

const WORKS = 'works';

/** Waiting is no fault of the command. */
const fine = (exit: number | null): boolean => exit === 0 || exit === 3;
