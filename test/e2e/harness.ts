/** Runs what was built, as processes of their own, against a local cloud in this process. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Report } from '../../functions/core/report.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { Call } from '../../local/front-door/call.ts';
import type { JournalEntry } from '../../local/journal.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';

const HOST = fileURLToPath(new URL('function-host.mjs', import.meta.url));
const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli/keyturn.mjs', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** Everything that an error of the handler shows to whoever prints it. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly rendered: string;
  readonly report?: Report;
}

export interface Invocation {
  /** Of a run that ended, whether or not it asked for attention; null where none began or it was killed. */
  readonly report: Report | null;
  readonly error: ThrownError | null;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What an invocation or command is given besides the defaults. */
export interface Given {
  readonly environment?: Environment;
  readonly credentials?: Credentials;
  /** Default: a timer event that fired now. */
  readonly event?: string;
}

/** A local cloud that ends with the test. */
export async function cloudOf(fleet: FleetFile): Promise<LocalCloud> {
  const local = await startLocalCloud({ fleet });
  onTestFinished(() => local.close());
  return local;
}

export function timerEvent(payload = ''): string {
  const triggerTime = new Date().toISOString();
  return JSON.stringify({ triggerTime, triggerName: 'nightly', payload });
}

/** A process with the built function in it, which takes one invocation after the other, as warm ones do. */
export interface Instance {
  readonly process: ChildProcess;
  invoke(given?: Given): Promise<Invocation>;
  /** Lets it go: it must end by itself. All that it printed, and whether it was killed. */
  end(): Promise<Pick<Invocation, 'killed' | 'stdout' | 'stderr'>>;
}

type Answer = { readonly result?: string; readonly error?: ThrownError };

export function startInstance(local: LocalCloud, environment: Environment = {}): Instance {
  const child = fork(HOST, {
    silent: true,
    // Nothing of how the tests are run.
    execArgv: [],
    env: { ...environmentOf(local), ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = collect(child);
  const closed = new Promise<{ readonly killed: boolean }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve({ killed: signal === 'SIGKILL' }));
  });
  const { accessKeyId, accessKeySecret } = local;
  return {
    process: child,
    invoke: async (given = {}) => {
      const answered = new Promise<Answer>((resolve) => {
        child.once('message', (message) => resolve(message as Answer));
      });
      child.send({
        event: given.event ?? timerEvent(),
        // The machine's clock is the cloud's, also where that was stepped.
        clockMs: local.cloud.now(),
        context: {
          requestId: 'example-request-1',
          credentials: given.credentials ?? { accessKeyId, accessKeySecret },
          region: 'cn-hangzhou',
          accountId: local.cloud.credentials.accountId,
          function: { name: 'keyturn-rotate', timeout: 600 },
        },
      });
      const ended = await Promise.race([answered, closed]);
      const { result, error = null } = 'killed' in ended ? {} : ended;
      return {
        ...output(),
        error,
        report: result === undefined ? (error?.report ?? null) : (JSON.parse(result) as Report),
        killed: 'killed' in ended && ended.killed,
      };
    },
    end: async () => {
      // Node says nothing of the end of a process from which its parent disconnects.
      if (child.connected) child.send({});
      return { ...(await closed), ...output() };
    },
  };
}

/** Begins one invocation of the built function in a process of its own. */
export function startFunction(
  local: LocalCloud,
  given: Given = {},
): { readonly process: ChildProcess; readonly end: Promise<Invocation> } {
  const instance = startInstance(local, given.environment);
  const end = instance
    .invoke(given)
    .then(async (invocation) => ({ ...invocation, ...(await instance.end()) }));
  return { process: instance.process, end };
}

export function invoke(local: LocalCloud, given: Given = {}): Promise<Invocation> {
  return startFunction(local, given).end;
}

/**
 * Kills the function's process as the first call that meets the condition arrives at the cloud, which still
 * obeys it, or, where it is `lost` on its way, never sees it. Fails where the process did not die of that.
 */
export async function killWhen(
  local: LocalCloud,
  meets: (call: Call) => boolean,
  { lost = false, ...given }: Given & { readonly lost?: boolean } = {},
): Promise<void> {
  let met = false;
  const running = startFunction(local, given);
  const watch = (call: Call, result: unknown): void => {
    if (result !== null || met || !meets(call)) return;
    met = running.process.kill('SIGKILL');
    if (lost) local.cloud.faults.set([{ kind: 'reset-before', action: call.action, nth: 1 }]);
  };
  local.cloud.watchers.push(watch);
  const { killed } = await running.end;
  local.cloud.watchers.splice(local.cloud.watchers.indexOf(watch), 1);
  local.cloud.faults.set([]);
  expect({ met, killed }).toEqual({ met: true, killed: true });
}

/** The report of a run that must end with one. */
export function reportIn({ report, error }: Invocation): Report {
  if (report === null) throw new Error(`no report: ${error?.message ?? 'the process died'}`);
  return report;
}

/** Like `invoke`, for a run that must end with a report. */
export async function reportOf(local: LocalCloud, given: Given = {}): Promise<Report> {
  return reportIn(await invoke(local, given));
}

export interface Command {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `keyturn` with credentials from the environment, as a person would. */
export async function keyturn(
  local: LocalCloud,
  args: readonly string[],
  environment: Environment = {},
): Promise<Command> {
  const child = spawn(process.execPath, [COMMAND_LINE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environmentOf(local),
      ALIBABA_CLOUD_ACCESS_KEY_ID: local.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: local.accessKeySecret,
      ...environment,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = collect(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve({ ...output(), exit }));
  });
}

/** Nothing of this process's own environment, so that a developer's credentials are never found. */
function environmentOf(local: LocalCloud): Environment {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-e2e-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return {
    HOME: home,
    KEYTURN_SECRETS: 'vpn/*',
    KEYTURN_REGION: 'cn-hangzhou',
    // The local cloud shows statuses as they are.
    KEYTURN_STATUS_LAG_MS: '300',
    KEYTURN_VPC_ENDPOINT: local.vpc,
    KEYTURN_KMS_ENDPOINT: local.kms,
  };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const chunks: { stdout: string[]; stderr: string[] } = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => chunks[name].push(text));
  }
  return () => ({ stdout: chunks.stdout.join(''), stderr: chunks.stderr.join('') });
}

/** The writes to tunnels that reached the local cloud, from its journal as the control service shows it. */
export async function writesOf(local: LocalCloud): Promise<readonly JournalEntry[]> {
  return (await journalOf(local)).filter(({ action }) => action.startsWith('Modify'));
}

export async function journalOf(local: LocalCloud): Promise<readonly JournalEntry[]> {
  const { entries } = (await get(local, '/journal')) as { entries: readonly JournalEntry[] };
  return entries;
}

/** The key on every tunnel, by connection and tunnel. */
export function keysOf(local: LocalCloud): Readonly<Record<string, string>> {
  const pairs = [...local.cloud.vpc.connections.values()].flatMap((connection) =>
    connection.tunnels.map((tunnel) => [
      `${connection.vpnConnectionId}/${tunnel.tunnelId}`,
      tunnel.config.ike.Psk,
    ]),
  );
  return Object.fromEntries(pairs) as Readonly<Record<string, string>>;
}

/** Which versions of every secret carry which labels. */
export async function labelsOf(
  local: LocalCloud,
): Promise<Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>> {
  const { secrets } = (await get(local, '/state')) as {
    secrets: readonly {
      name: string;
      versions: readonly { versionId: string; labels: readonly string[] }[];
    }[];
  };
  return Object.fromEntries(
    secrets.map(({ name, versions }) => [
      name,
      Object.fromEntries(versions.map(({ versionId, labels }) => [versionId, labels])),
    ]),
  );
}

async function get(local: LocalCloud, path: string): Promise<unknown> {
  const response = await fetch(`${local.control}${path}`);
  return response.json();
}

/** Tells the local cloud something through its control service. */
export async function steer(local: LocalCloud, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${local.control}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Temporary credentials of a role with this policy, as Function Compute gives them to a function. */
export async function assume(local: LocalCloud, policy: unknown): Promise<Credentials> {
  const trust = {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
    ],
  };
  await steer(local, '/roles', { name: 'under-test', trust, policy });
  return (await steer(local, '/credentials', { role: 'under-test' })) as Credentials;
}

/** A policy that allows these actions on everything. */
export function allowing(...actions: readonly string[]): unknown {
  return { Version: '1', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
