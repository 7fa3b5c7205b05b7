import { KeyturnError } from '../functions/core/codes.ts';
import type { Action } from '../functions/core/command.ts';
import { secretsOnly } from '../functions/core/only.ts';
import type { Log } from '../functions/ports/log.ts';
import { planOnly } from '../functions/rotate/plan-only.ts';
import type { Execution } from '../functions/rotate/execute.ts';
import type { Planned } from '../functions/rotate/plan-only.ts';
import { readRegion, readSecrets, readSettings } from '../functions/rotate/settings.ts';
import { silentProgress } from './output.ts';

/** Options that every command which reads the cloud has. */
export interface CloudOptions {
  readonly secrets?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** Options of commands about some of what the secrets name. */
export interface SelectionOptions extends CloudOptions {
  readonly only?: string;
  readonly reason?: string;
  readonly ignoreWindow?: boolean;
}

/** One execution from the command line; credentials come from the SDK's default chain. */
export function executionOf(
  action: Action,
  options: SelectionOptions,
  parts: { readonly log: Log; readonly stop: AbortSignal | null } = {
    log: silentProgress,
    stop: null,
  },
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
    functionCompute: null,
    stop: parts.stop,
  };
}

/** The region of KMS; an execution without one does not get this far. */
export function regionOf({ settings }: Execution): string {
  if (settings.region === null) throw new KeyturnError('region-missing', '');
  return settings.region;
}

/** The execution for the secrets that `--only` comes down to, and what it would do. Writes nothing. */
export async function narrowed(
  execution: Execution,
  only: string | undefined,
): Promise<{ readonly execution: Execution; readonly planned: Planned }> {
  const planned = await planOnly(execution);
  const terms = (only ?? '').split(',').map((term) => term.trim());
  if (only === undefined) return { execution, planned };
  const { secrets, unusable, plans } = planned.prepared;
  const known = [...secrets.map(({ aim }) => aim.secretName), ...unusable.keys()];
  const selection = secretsOnly(terms, { secrets: known, plans });
  if (selection.kind === 'unmatched') {
    throw new KeyturnError(
      'setting-invalid',
      `--only: name ${selection.at + 1} is that of no secret, group, gateway, customer gateway or connection that was read.`,
    );
  }
  const command = { ...execution.command, secrets: selection.names };
  const narrow = { ...execution, command };
  return { execution: narrow, planned: await planOnly(narrow) };
}
