import { parseEvent } from '../core/command.ts';
import { needsAttention } from '../core/report.ts';
import type { Report } from '../core/report.ts';
import type { FunctionOptions } from '../alicloud/index.ts';
import { attentionOf } from '../report/attention.ts';
import { jsonLog, reportLines } from '../report/log-line.ts';
import { RotationNeedsAttention, toldOf } from './needs-attention.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { startDelayMs, waitToStart } from './start-delay.ts';
import type { Execution, FunctionAccount } from './wire.ts';

/** The part of Function Compute's context that Keyturn reads. Source: context page of FC 3.0, November 2026. */
export interface FunctionContext {
  readonly requestId: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
  };
  readonly region: string;
  readonly accountId: string;
  readonly function: { readonly name: string; readonly timeout: number };
}

/** Time kept back before the function is killed: one request, its read-back and the report. */
const RESERVE_MS = 30_000;

/** What tells one function of Keyturn from another. */
export interface Entry {
  readonly work: (execution: Execution) => Promise<Report>;
  /** Where this function goes on when its time ends. */
  readonly successor: (settings: Settings, itself: string) => string;
  readonly fc2: FunctionOptions['fc2'];
}

/** One invocation of a function: event in, report out. Throws when a person has to look. */
export async function invocation(
  event: Buffer,
  context: FunctionContext,
  entry: Entry,
): Promise<string> {
  const started = Date.now();
  const timeoutMs = context.function.timeout * 1000;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGTERM', onSignal);
  try {
    const { credentials, accountId, region } = context;
    const command = parseEvent(event.toString('utf8'));
    const settings = readSettings(process.env);
    const functionName = context.function.name;
    const delayMs = startDelayMs(command, settings, { accountId, region, functionName, timeoutMs });
    await waitToStart(delayMs, stop.signal);
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    const report = await entry.work({
      command,
      settings,
      region,
      credentials: credentials === undefined ? null : () => credentials,
      log: jsonLog(print, () => Date.now()),
      requestId: context.requestId,
      deadlineMs: started + timeoutMs - Math.min(RESERVE_MS, timeoutMs / 4),
      killedAtMs: started + timeoutMs,
      functionCompute: accountOf(context, settings, entry),
      stop: stop.signal,
    });
    for (const line of reportLines(report, Date.now())) print(line);
    // A shard's report goes to its dispatcher, which throws for all of them. Thrown here, Function Compute
    // would run the shard again and report each by itself.
    const forDispatcher = command.task !== null && command.task.shard !== null;
    if (needsAttention(report) && !forDispatcher) {
      throw new RotationNeedsAttention(attentionOf(report), report);
    }
    return JSON.stringify(report);
  } catch (error) {
    throw toldOf(error);
  } finally {
    process.removeListener('SIGTERM', onSignal);
  }
}

/** Inside Function Compute what is left is handed on; elsewhere only where that is configured. */
function accountOf(
  { accountId, function: itself }: FunctionContext,
  settings: Settings,
  { successor, fc2 }: Entry,
): FunctionAccount | null {
  const inside = process.env['FC_FUNCTION_NAME'] !== undefined;
  if (!inside && settings.fcEndpoint === null) return null;
  return { accountId, successor: successor(settings, itself.name), fc2 };
}
