import type { RunEvent, StepPhase } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import { printable } from './terminal-text.ts';
import { counted } from './time-text.ts';

/** One event as one line for people, for pipes and files; null where it would tell them nothing new. */
export function plainLine(event: RunEvent): string | null {
  return event.kind === 'step' && !TOLD.has(event.phase) ? null : printable(textOf(event));
}

/** A step is told when it begins and when it ends; what lies between is for a screen. */
const TOLD: ReadonlySet<StepPhase> = new Set(['writing', 'done', 'unchanged', 'failed']);

function textOf(event: RunEvent): string {
  switch (event.kind) {
    case 'run-started':
      return `run ${event.runId}: ${counted(event.secrets.length, 'secret')}`;
    case 'gathered':
      return `read ${event.gateways} gateways, ${event.connections} connections, ${event.tunnels} tunnels`;
    case 'group-planned':
      return `${event.group}: ${event.verdict} (${event.reason}), ${counted(event.steps.length, 'step')}`;
    case 'step': {
      const back = event.direction === 'restore' ? 'restore: ' : '';
      const detail = event.detail === '' ? '' : ` (${event.detail})`;
      return `  ${tunnelName(event.tunnel)}: ${back}${event.phase}${detail}`;
    }
    case 'group-finished':
      return `${event.group}: ${event.verdict} (${event.reason})`;
    case 'secret-promoted':
      return `secret ${event.secret}: ${event.fromVersionId ?? 'none'} -> ${event.toVersionId}`;
    case 'handed-on':
      return `handed on to ${event.taskId}: ${event.secrets} secrets`;
    case 'cut':
      return `cut ${event.documents} documents, ${event.tunnels} tunnels into ${event.shards} shards`;
    case 'shard-started':
      return `shard ${event.taskId}: started, ${event.secrets} secrets`;
    case 'shard-finished':
      return `shard ${event.taskId}: ${event.outcome}`;
    case 'warning':
      return `warning ${event.code}: ${event.message}`;
    case 'run-finished':
      return `run finished: ${event.outcome}`;
  }
}
