import type { Log } from '../functions/ports/log.ts';
import type { Execution } from '../functions/rotate/execute.ts';
import { readRegion, readSecrets, readSettings } from '../functions/rotate/settings.ts';

/** Options that every command which reads the cloud has. */
export interface CloudOptions {
  readonly secrets?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** One execution from the command line; credentials come from the SDK's default chain. */
export function executionOf(
  action: 'rotate' | 'plan',
  options: CloudOptions & { readonly reason?: string; readonly ignoreWindow?: boolean },
  parts: { readonly log: Log; readonly stop: AbortSignal | null },
): Execution {
  const settings = readSettings(process.env);
  const given = { '--secrets': options.secrets, '--region': options.region };
  return {
    command: {
      action,
      secrets: readSecrets(given, '--secrets'),
      runId: null,
      reason: options.reason ?? null,
      ignoreWindow: options.ignoreWindow ?? false,
      trigger: 'cli',
      identity: null,
      firedAt: null,
      task: null,
      scheduled: false,
    },
    settings: { ...settings, region: readRegion(given, '--region') ?? settings.region },
    region: null,
    credentials: null,
    log: parts.log,
    requestId: null,
    deadlineMs: null,
    killedAtMs: null,
    successor: null,
    stop: parts.stop,
  };
}
