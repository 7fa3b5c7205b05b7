import { CODES } from '../core/codes.ts';
import type { CodeName } from '../core/codes.ts';
import type { Run } from './context.ts';

/** Logs what a code says, with a detail of its own. */
export function warn(run: Run, code: CodeName, detail = ''): void {
  const message = `${CODES[code].sentence} ${detail}`.trimEnd();
  run.ports.log.event({ kind: 'warning', code, message });
}
