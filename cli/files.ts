import { readFileSync, writeFileSync } from 'node:fs';
import { KeyturnError } from '../functions/core/codes.ts';

/** The system's own word for what is wrong, without the text of its message. */
function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'unreadable';
}

/** The text of a file, or of standard input for `-`. Throws `file-invalid`. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new KeyturnError('file-invalid', `${path}: cannot be read (${causeOf(error)}).`);
  }
}

/** Stores a text where nothing stands yet, for its owner's eyes only. Throws `file-invalid`. */
export function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const cause = causeOf(error);
    const rule = cause === 'EEXIST' ? 'is there already' : `cannot be written (${cause})`;
    throw new KeyturnError('file-invalid', `${path}: ${rule}.`);
  }
}
