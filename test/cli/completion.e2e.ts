/** The completion scripts complete, in the shells that are here. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const KEYTURN = fileURLToPath(new URL('../../dist/cli/keyturn.mjs', import.meta.url));

async function script(shell: string): Promise<string> {
  return (await run(process.execPath, [KEYTURN, 'completion', shell])).stdout;
}

/** What bash would offer for the last word. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = `${await script('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_keyturn
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', line], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
  });
  return stdout
    .split('\n')
    .filter((word) => word !== '')
    .toSorted();
}

describe('bash', () => {
  test('completes commands', async () => {
    expect(await offered('keyturn', 're')).toEqual(['ready', 'restore']);
    expect(await offered('keyturn', 'pl')).toEqual(['plan']);
  });

  test('completes the options of the command', async () => {
    expect(await offered('keyturn', 'plan', '--o')).toEqual(['--only', '--out']);
    expect(await offered('keyturn', 'status', '--o')).toEqual(['--only']);
  });

  test('completes files where an option takes one, and nothing where it takes a name', async () => {
    expect(await offered('keyturn', 'rotate', '--plan', 'package.js')).toEqual(['package.json']);
    expect(await offered('keyturn', 'plan', '--region', '')).toEqual([]);
    expect(await offered('keyturn', 'completion', 'f')).toEqual(['fish']);
  });
});

test.each(['zsh', 'fish'])(
  '%s is told of every command and of every option of plan',
  async (shell) => {
    const text = await script(shell);
    for (const word of [
      'discover',
      'plan',
      'status',
      'audit',
      'doctor',
      'rotate',
      'store',
      'restore',
      'ready',
      'local',
      'completion',
    ]) {
      expect(text).toContain(word);
    }
    for (const option of ['secrets', 'region', 'only', 'out', 'json', 'no-color'])
      expect(text).toContain(option);
  },
);

test('another shell is a usage fault that says which there are', async () => {
  await expect(script('csh')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
});
