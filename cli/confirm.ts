import { createInterface } from 'node:readline/promises';
import { KeyturnError } from '../functions/core/codes.ts';

/** Asks on the terminal; only `yes` is yes. */
export async function confirmed(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(`${question} Type yes: `)).trim() === 'yes';
  } catch {
    // Ctrl-C or Ctrl-D at the question.
    process.stderr.write('\n');
    return false;
  } finally {
    prompt.close();
  }
}

/** Throws where there is no terminal to ask on. */
export function requireTerminal(json: boolean | undefined): void {
  if (!process.stdin.isTTY || json === true) throw new KeyturnError('confirmation-needed', '');
}

/** The exit status of a command that somebody did not confirm. */
export function notConfirmed(): number {
  process.stderr.write('Nothing was written.\n');
  return 3;
}
