// Writes docs/errors.md from the catalogue of codes; test/tidy.test.ts compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['functions/core/codes.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { CODES } = await import(`data:text/javascript;base64,${source}`);

const SECTIONS = [
  [0, 'Fine, or a warning (exit status 0)'],
  [1, 'Usage (exit status 1)'],
  [2, 'Failed while working (exit status 2)'],
  [3, 'Waiting (exit status 3)'],
  [4, 'Refused by a check (exit status 4)'],
];

/** The sections of the runbook under "By code", each with the codes that it speaks of. */
const [, byCode] = readFileSync(`${root}docs/operations.md`, 'utf8').split(/^## By code$/m);
const runbook = byCode
  .split(/^## /m)[0]
  .split(/^### /m)
  .slice(1)
  .map((section) => ({ title: section.split('\n', 1)[0], section }));

function runbookOf(name) {
  const found = runbook.find(({ section }) => section.includes(`\`${name}\``));
  if (found === undefined) throw new Error(`docs/operations.md says nothing of ${name}`);
  const anchor = found.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
  return `[${found.title}](operations.md#${anchor})`;
}

const entry = ([name, { sentence, remedy }]) =>
  `### \`${name}\`\n\n${sentence}\\\n→ ${remedy} Runbook: ${runbookOf(name)}.\n`;
const section = ([exit, title]) =>
  [
    `## ${title}\n`,
    ...Object.entries(CODES)
      .filter(([, code]) => code.exit === exit)
      .map(entry),
  ].join('\n');
const head = `# Codes

Every reason, warning and error that Keyturn gives: what happened, then what to do about it. Reports, log
lines and the command line name them as they stand here, with a detail that says where. Written by
\`npm run docs:errors\`.
`;
writeFileSync(`${root}docs/errors.md`, [head, ...SECTIONS.map(section)].join('\n'));
