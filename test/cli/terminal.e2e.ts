/** On a real terminal, as `script` of util-linux gives one: live rows, questions, Ctrl-C. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleFleet } from '../../local/sample-fleet.ts';
import type { LocalCloud } from '../../local/server.ts';
import { cloudOf, keysOf, writesOf } from '../e2e/harness.ts';
import { LEASE, OLD, smallFleet } from '../e2e/small-fleet.ts';

const KEYTURN = fileURLToPath(new URL('../../dist/cli/keyturn.mjs', import.meta.url));

interface Terminal {
  readonly child: ChildProcess;
  readonly shown: () => string;
  /** Waits until the terminal has shown this. */
  readonly until: (text: string) => Promise<void>;
  readonly type: (text: string) => void;
  readonly exit: Promise<number | null>;
}

function onTerminal(
  local: LocalCloud,
  args: string,
  environment: Record<string, string> = {},
): Terminal {
  const command = `stty cols 100 rows 30; exec "${process.execPath}" "${KEYTURN}" ${args}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      KEYTURN_VPC_ENDPOINT: local.vpc,
      KEYTURN_KMS_ENDPOINT: local.kms,
      KEYTURN_REGION: 'cn-hangzhou',
      KEYTURN_SECRETS: 'vpn/*',
      KEYTURN_LEASE_SECRET: LEASE,
      KEYTURN_STATUS_LAG_MS: '300',
      ALIBABA_CLOUD_ACCESS_KEY_ID: local.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: local.accessKeySecret,
      ...environment,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk));
  const exit = once(child, 'close').then(([status]) => status as number | null);
  const until = async (text: string): Promise<void> => {
    const ended = exit.then(() => 'ended' as const);
    while (!shown.includes(text)) {
      const heard = await Promise.race([once(child.stdout, 'data'), ended]);
      if (heard === 'ended' && !shown.includes(text)) throw new Error(`no ${text} in: ${shown}`);
    }
  };
  return { child, shown: () => shown, until, type: (text) => void child.stdin.write(text), exit };
}

/** To the end of the screen. */
const CLEAR = '\u001B[J';

test('a run asks, shows its rows in colour, takes them away and leaves the table', async () => {
  const local = await cloudOf(smallFleet());
  const terminal = onTerminal(local, 'rotate');
  await terminal.until('Rotate now? Type yes: ');
  expect(await writesOf(local)).toEqual([]);
  terminal.type('yes\n');
  expect(await terminal.exit).toBe(0);
  const shown = terminal.shown();
  expect(shown).toContain('\u001B[36m');
  // Up over the last frame, then cleared to the end of the screen.
  expect(shown).toContain(`A\r${CLEAR}`);
  const result = shown.slice(shown.lastIndexOf(CLEAR));
  expect(result).toContain('\u001B[32mconverged\u001B[0m: every group');
  expect(result).not.toContain('settling');
});

test.each(['no\n', '\u0004'])('anything but yes leaves everything alone: %j', async (answer) => {
  const local = await cloudOf(smallFleet());
  const terminal = onTerminal(local, 'rotate --only cgw-beta');
  await terminal.until('Type yes: ');
  terminal.type(answer);
  expect(await terminal.exit).toBe(3);
  expect(terminal.shown()).toContain('Nothing was written.');
  expect(keysOf(local)).toMatchObject({ 'vco-beta-1/tun-beta-1a': OLD.beta });
});

describe('Ctrl-C', () => {
  test('once stops at the next safe point and says so; the next run goes on', async () => {
    const local = await cloudOf(sampleFleet());
    const terminal = onTerminal(local, 'rotate --yes');
    await terminal.until('writing');
    terminal.type('\u0003');
    await terminal.until('Stopping at the next safe point. Press Ctrl-C again to leave at once.');
    expect([2, 3]).toContain(await terminal.exit);
    expect(terminal.shown()).toContain('cancelled');
    const next = onTerminal(local, 'rotate --yes');
    expect(await next.exit).toBe(3);
    expect(next.shown()).toContain('peer-not-ready');
  });

  test('twice leaves at once', async () => {
    const local = await cloudOf(sampleFleet());
    const terminal = onTerminal(local, 'rotate --yes');
    await terminal.until('writing');
    terminal.type('\u0003');
    await terminal.until('Press Ctrl-C again');
    terminal.type('\u0003');
    expect(await terminal.exit).toBe(2);
    expect(terminal.shown()).toContain('Left at once.');
  });
});

describe('colour', () => {
  const ESCAPE = '\u001B[';

  test.each<readonly [string, string, Record<string, string>, boolean]>([
    ['is there on a terminal', 'status', {}, true],
    ['is not with NO_COLOR', 'status', { NO_COLOR: '1' }, false],
    ['is not with --no-color', 'status --no-color', {}, false],
    ['is not with --no-color, even forced', 'status --no-color', { FORCE_COLOR: '1' }, false],
    ['is forced into a pipe', 'status | cat', { FORCE_COLOR: '1' }, true],
    ['is not in a pipe', 'status | cat', {}, false],
  ])('%s', async (_, args, environment, expected) => {
    const terminal = onTerminal(await cloudOf(smallFleet()), args, environment);
    await terminal.exit;
    expect(terminal.shown()).toContain('vpn/beta');
    expect(terminal.shown().includes(ESCAPE)).toBe(expected);
  });
});

test('a reader that stops reading is no error', async () => {
  const terminal = onTerminal(await cloudOf(smallFleet()), 'plan | head -1');
  await terminal.exit;
  expect(terminal.shown()).not.toContain('EPIPE');
});
