import { KeyturnError } from '../functions/core/codes.ts';
import { change } from './rotate.ts';
import type { RotateOptions } from './rotate.ts';

/** Takes tunnels back to the version before. Names what, and asks. Gives the exit status. */
export async function restore(options: Omit<RotateOptions, 'plan'>): Promise<number> {
  if (options.secrets === undefined && options.only === undefined) {
    throw new KeyturnError('setting-invalid', 'Say what goes back, with --secrets or --only.');
  }
  return change('restore', options, 'Put this back now?');
}
