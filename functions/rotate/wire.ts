import { KeyturnError } from '../core/codes.ts';
import type { Command } from '../core/command.ts';
import { between, epochMs } from '../core/units.ts';
import type { Log } from '../ports/log.ts';
import { createClouds, createFunctions } from '../alicloud/index.ts';
import type { ContextCredentials, FunctionOptions } from '../alicloud/index.ts';
import { RUN_DEFAULTS, hex } from '../run/context.ts';
import type { Run } from '../run/context.ts';
import { parseInstant } from '../run/iso-time.ts';
import type { RotateRequest } from '../run/rotate.ts';
import type { Settings } from './settings.ts';
import { steadyClock, systemClock, systemRandom } from './system.ts';

export interface Execution {
  readonly command: Command;
  readonly settings: Settings;
  /** The function's region; KEYTURN_REGION goes before it. */
  readonly region: string | null;
  /** Null: the SDK's default chain. */
  readonly credentials: (() => ContextCredentials) | null;
  readonly log: Log;
  /** Names the run where the trigger has no identity of its own; Function Compute's request id. */
  readonly requestId: string | null;
  /** No write starts later (epoch, ms). */
  readonly deadlineMs: number | null;
  /** When the process is killed (epoch, ms); null where nothing does so. */
  readonly killedAtMs: number | null;
  /** Null outside of Function Compute: then nothing is handed on to anybody. */
  readonly functionCompute: FunctionAccount | null;
  readonly stop: AbortSignal | null;
  /** Fingerprint of the plan that somebody approved; absent: whatever is due. */
  readonly approved?: string;
}

/** Function Compute as the invocation finds it. */
export interface FunctionAccount {
  readonly accountId: string;
  /** Where the run goes on when its time ends: `name`, or `service/name` of Function Compute 2.0. */
  readonly successor: string;
  readonly fc2: FunctionOptions['fc2'];
}

/** The parts of a request that are the same for every command, and the ports to carry it out with. */
export function begin(execution: Execution): {
  readonly run: Run;
  readonly request: RotateRequest;
} {
  const { command, settings, functionCompute } = execution;
  const calls = new Map<string, number>();
  const request = {
    secrets: namesOf(command, settings),
    trigger: command.trigger,
    requestReason: command.reason,
    leaseSecret: settings.leaseSecret,
    task: command.task,
    successor: functionCompute?.successor ?? null,
    ...(execution.approved === undefined ? {} : { approved: execution.approved }),
    countedCalls: () => Object.fromEntries([...calls].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return { run: wire(execution, calls), request };
}

/** Clock, randomness and clouds for one execution. Throws a KeyturnError where a setting is missing. */
export function wire(execution: Execution, calls: Map<string, number>): Run {
  const { command, settings, log } = execution;
  const region = settings.region ?? execution.region;
  if (region === null) throw new KeyturnError('region-missing', '');
  const countCall = (operation: string): void => {
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
  };
  const { credentials, functionCompute } = execution;
  const { requestTimeoutMs } = settings;
  const { vpn, secrets } = createClouds({
    region,
    vpcEndpoint: settings.vpcEndpoint,
    kmsEndpoint: settings.kmsEndpoint,
    credentials,
    tunnelOptionsInBody: settings.tunnelOptionsInBody,
    requestTimeoutMs,
    countCall,
  });
  const invoker =
    functionCompute === null
      ? null
      : createFunctions({
          region: execution.region ?? region,
          accountId: functionCompute.accountId,
          endpoint: settings.fcEndpoint,
          credentials,
          requestTimeoutMs,
          countCall,
          fc2: functionCompute.fc2,
        });
  return {
    ports: { clock: steadyClock(), random: systemRandom, log, vpn, secrets, invoker },
    options: {
      ...RUN_DEFAULTS,
      statusLagMs: settings.statusLagMs,
      failureBudget: settings.failureBudget,
      window: settings.window,
      ignoreWindow: command.ignoreWindow,
      deadline: execution.deadlineMs === null ? null : epochMs(execution.deadlineMs),
      killedAt: execution.killedAtMs === null ? null : epochMs(execution.killedAtMs),
      rateShare: command.task?.shard?.rateShare ?? RUN_DEFAULTS.rateShare,
      stop: execution.stop,
    },
    runId: runIdOf(command, execution.requestId),
    nonce: hex(systemRandom.bytes(16)),
    // Loaded when there is a document to read.
    parseDocument: async (text) => (await import('../core/parse-document.ts')).parseDocument(text),
    lease: null,
  };
}

/** The same for every delivery of one trigger. */
function runIdOf(command: Command, requestId: string | null): string {
  if (command.runId !== null) return command.runId;
  const identity = command.identity ?? requestId ?? hex(systemRandom.bytes(16));
  return `run_${systemRandom.sha256Hex(identity).slice(0, 20)}`;
}

/** What the command names; it may narrow KEYTURN_SECRETS, not go beyond it. */
function namesOf(command: Command, settings: Settings): readonly string[] {
  if (command.secrets.length === 0) {
    if (settings.secrets.length === 0) throw new KeyturnError('no-secrets', '');
    return settings.secrets;
  }
  const allowed = (name: string): boolean =>
    settings.secrets.length === 0 ||
    settings.secrets.some((known) =>
      known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known,
    );
  const outside = command.secrets.findIndex((name) => !allowed(name));
  if (outside >= 0) {
    throw new KeyturnError(
      'command-invalid',
      `secrets[${outside}] is not covered by KEYTURN_SECRETS.`,
    );
  }
  return command.secrets;
}

/** When the trigger fired, where that is longer ago than allowed; else null. */
export function staleness({ command, settings }: Execution): string | null {
  if (command.firedAt === null) return null;
  const fired = parseInstant(command.firedAt);
  const age = between(fired, systemClock.now());
  return age > settings.maxTriggerAgeMs ? `fired at ${command.firedAt}` : null;
}
