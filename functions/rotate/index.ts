import { parseEvent } from '../core/command.ts';
import { needsAttention } from '../core/report.ts';
import { attentionOf } from '../report/attention.ts';
import { jsonLog, reportLine } from '../report/log-line.ts';
import { execute } from './execute.ts';
import type { Successor } from './execute.ts';
import { RotationNeedsAttention, toldOf } from './needs-attention.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { startDelayMs, waitToStart } from './start-delay.ts';

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

/** Function Compute's entry: event in, report out. Throws when a person has to look. */
export async function handler(event: Buffer, context: FunctionContext): Promise<string> {
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
    const report = await execute({
      command,
      settings,
      region,
      credentials: credentials === undefined ? null : () => credentials,
      log: jsonLog(
        (line) => process.stdout.write(`${line}\n`),
        () => Date.now(),
      ),
      requestId: context.requestId,
      deadlineMs: started + timeoutMs - Math.min(RESERVE_MS, timeoutMs / 4),
      killedAtMs: started + timeoutMs,
      successor: successorOf(context, settings),
      stop: stop.signal,
    });
    process.stdout.write(`${reportLine(report, Date.now())}\n`);
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

/** Inside Function Compute a run goes on in its own function; elsewhere only where that is configured. */
function successorOf(context: FunctionContext, settings: Settings): Successor | null {
  const inside = process.env['FC_FUNCTION_NAME'] !== undefined;
  if (!inside && settings.fcEndpoint === null) return null;
  const functionName = settings.fcFunction ?? context.function.name;
  return { accountId: context.accountId, functionName };
}
