import { parseEvent } from '../core/command.ts';
import { auditLines } from '../report/audit-data.ts';
import { jsonLog } from '../report/log-line.ts';
import type { FunctionContext } from '../rotate/index.ts';
import { toldOf } from '../rotate/needs-attention.ts';
import { readSettings } from '../rotate/settings.ts';
import { judged } from './judge.ts';
import { readAuditSettings } from './settings.ts';

/**
 * Function Compute's entry: reads documents and tunnels, judges them, writes nothing. A command may name
 * secrets and say why; whatever action it names, this function does the one thing it can. Findings do not
 * throw: they are in the result and the log. What could not be begun throws, as in `rotate`.
 */
export async function handler(event: Buffer, context: FunctionContext): Promise<string> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const { credentials } = context;
    const command = parseEvent(event.toString('utf8'));
    const report = await judged(
      {
        command,
        settings: readSettings(process.env),
        region: context.region,
        credentials: credentials === undefined ? null : () => credentials,
        log: jsonLog(print, () => Date.now()),
        requestId: context.requestId,
        deadlineMs: null,
        killedAtMs: null,
        functionCompute: null,
        stop: null,
      },
      readAuditSettings(process.env),
    );
    for (const line of auditLines(report)) print(line);
    return JSON.stringify(report);
  } catch (error) {
    throw toldOf(error);
  }
}
