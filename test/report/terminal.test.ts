/** docs/terminal.md shows what the commands look like today. `npm run docs:terminal` writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captures } from './terminal-captures.ts';

const PAGE = new URL('../../docs/terminal.md', import.meta.url);

/** The page with each of its captures, under the line that names it, made anew. */
function withCaptures(page: string, made: ReadonlyMap<string, string>): string {
  return page.replaceAll(
    /^(\*\*(.+)\*\*\n\n```text\n)[^`]*```$/gm,
    (_, head: string, name: string) => `${head}${made.get(name) ?? `no capture: ${name}`}\n\`\`\``,
  );
}

test('the page shows every capture as it is', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const made = await captures();
  const current = withCaptures(page, made);
  const record = process.env['KEYTURN_RECORD'] === '1';
  if (record) writeFileSync(PAGE, current);
  expect(record ? current : page).toBe(current);
  for (const name of made.keys()) expect(page).toContain(`**${name}**`);
});

test('no capture is wider than its columns say', async () => {
  for (const [name, text] of await captures()) {
    const width = Number(/(\d+) columns/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
    for (const line of text.replaceAll(/␛\[\d+m/g, '').split('\n')) {
      expect(Array.from(line).length, `${name}: ${line}`).toBeLessThanOrEqual(width);
    }
  }
});
