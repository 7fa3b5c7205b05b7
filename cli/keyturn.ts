import { CommanderError } from 'commander';
import { CODES, KeyturnError } from '../functions/core/codes.ts';
import { commandLine } from './commands.ts';
import { printJson } from './output.ts';

// Whoever reads the output may stop reading it: `keyturn plan | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await commandLine().parseAsync();
} catch (error) {
  process.exitCode = exitOn(error);
}

function exitOn(error: unknown): number {
  // Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  const known = error instanceof KeyturnError ? error : unexpected(error);
  const { sentence, remedy, exit } = CODES[known.code];
  const { code, detail } = known;
  if (process.argv.includes('--json')) {
    printJson({ schema: 'keyturn/error/1', code, sentence, detail, remedy });
  }
  const text = [`${code}: ${sentence}`, ...(detail === '' ? [] : [`  ${detail}`]), `→ ${remedy}`];
  process.stderr.write(`${text.join('\n')}\n`);
  return exit;
}

/** The message of an error nobody expected could hold anything; its name cannot. */
function unexpected(error: unknown): KeyturnError {
  return new KeyturnError('unexpected', error instanceof Error ? error.name : typeof error);
}
