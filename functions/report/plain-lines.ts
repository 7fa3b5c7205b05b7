import type { RunEvent } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import { printable } from './terminal-text.ts';

/** One event as one line for people, for pipes and files. */
export function plainLine(event: RunEvent): string {
  return printable(textOf(event));
}

function textOf(event: RunEvent): string {
  switch (event.kind) {
    case 'run-started':
      return `run ${event.runId}: ${event.secrets.length} secrets`;
    case 'gathered':
      return `read ${event.gateways} gateways, ${event.connections} connections, ${event.tunnels} tunnels`;
    case 'group-planned':
      return `${event.group}: ${event.verdict} (${event.reason}), ${event.steps.length} steps`;
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
    case 'warning':
      return `warning ${event.code}: ${event.message}`;
    case 'run-finished':
      return `run finished: ${event.outcome}`;
  }
}
