/** The commands that a page of the documentation has people type, and what it says they print. */

export interface TypedCommand {
  readonly line: number;
  readonly text: string;
  /** What the page shows below it; null where it shows nothing (blocks of `sh`, indented blocks). */
  readonly shown: string | null;
}

/** Commands at the beginning of a line of an indented block; other indented lines are something else. */
const FIRST_WORDS = /^(?:aliyun|keyturn|npm|npx|node|s|curl|source|export|swanctl|alias)\b/;

/** Every command of a page, with continuation lines joined. */
export function typedCommands(page: string): readonly TypedCommand[] {
  const commands: TypedCommand[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^( *)```(\w*)$/.exec(lines[at] ?? '');
    if (fence !== null) {
      const end = lines.indexOf(`${fence[1]}\`\`\``, at + 1);
      const block = lines.slice(at + 1, end);
      if (fence[2] === 'console') commands.push(...session(block, at + 2));
      if (fence[2] === 'sh') commands.push(...script(block, at + 2));
      at = end;
    } else if (/^ {4,}\S/.test(lines[at] ?? '') && FIRST_WORDS.test((lines[at] ?? '').trim())) {
      let text = (lines[at] ?? '').trim();
      const line = at + 1;
      while (text.endsWith('\\')) text = `${text.slice(0, -1)}${(lines[(at += 1)] ?? '').trim()}`;
      commands.push({ line, text, shown: null });
    }
  }
  return commands;
}

/** `$ command`, then what it printed up to the next one. */
function session(block: readonly string[], first: number): readonly TypedCommand[] {
  const commands: { line: number; text: string; shown: string[] }[] = [];
  for (const [at, line] of block.entries()) {
    if (line.startsWith('$ ')) commands.push({ line: first + at, text: line.slice(2), shown: [] });
    else commands.at(-1)?.shown.push(line);
  }
  return commands.map(({ shown, ...command }) => ({
    ...command,
    shown: shown.join('\n').trimEnd(),
  }));
}

function script(block: readonly string[], first: number): readonly TypedCommand[] {
  const commands: TypedCommand[] = [];
  let open = '';
  for (const [at, line] of block.entries()) {
    const text = `${open}${line.replace(/\s+#\s.*$/, '').trim()}`;
    open = text.endsWith('\\') ? text.slice(0, -1) : '';
    if (open === '' && text !== '') commands.push({ line: first + at, text, shown: null });
  }
  return commands;
}

/** The page with each session showing what was printed this time; `printed` by the line of the command. */
export function withPrinted(page: string, printed: ReadonlyMap<number, string>): string {
  const lines = page.split('\n');
  const made: string[] = [];
  let console = false;
  let skipping = false;
  for (const [at, line] of lines.entries()) {
    if (line === '```console') console = true;
    else if (line === '```' && console) {
      console = false;
      skipping = false;
    } else if (console && line.startsWith('$ ')) {
      skipping = true;
      const shown = printed.get(at + 1) ?? '';
      made.push(line, ...(shown === '' ? [] : shown.split('\n')));
      continue;
    }
    if (!skipping) made.push(line);
  }
  return made.join('\n');
}
