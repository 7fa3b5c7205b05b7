/** The pages name everything the local cloud has, nothing it has not, and a test that exists. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../local/control.ts';
import { FAULT_KINDS } from '../../local/faults.ts';
import { FC_OPERATIONS } from '../../local/fc/routes.ts';
import { KMS_OPERATIONS } from '../../local/kms/operations.ts';
import { SWITCHES } from '../../local/switches.ts';
import type { SwitchName } from '../../local/switches.ts';
import { VPC_OPERATIONS } from '../../local/vpc/operations.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');
const MARKS = ['documented', 'seen in code', 'assumed', 'switch', 'not modelled'];

/** The cells of every row below a heading, without the rows of column names and dashes. */
function rows(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = read('docs/fidelity.md').split(`\n## ${heading}`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !(lines[index + 1] ?? '').startsWith('| -'))
    .filter((line) => !line.startsWith('| -'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const named = (heading: string) => rows(heading).filter(([name = '']) => name.startsWith('`'));
const names = (heading: string) => named(heading).map(([name = '']) => name.slice(1, -1));

const SECTIONS = {
  'VPN Gateway': Object.keys(VPC_OPERATIONS),
  'KMS Secrets Manager': Object.keys(KMS_OPERATIONS),
  'Function Compute': FC_OPERATIONS,
  Switches: Object.keys(SWITCHES),
  Faults: FAULT_KINDS,
} as const;

test.each(Object.entries(SECTIONS))('%s: each one has a row, and only those', (heading, known) => {
  expect(names(heading).toSorted()).toEqual([...known].toSorted());
});

test('a switch’s row has its candidates, the default first', () => {
  for (const [name = '', candidates = ''] of named('Switches')) {
    const listed = candidates.split(', ').map((candidate) => candidate.slice(1, -1));
    expect({ name, listed }).toEqual({ name, listed: SWITCHES[name.slice(1, -1) as SwitchName] });
  }
});

describe('the test that a row names', () => {
  const HEADINGS = [...Object.keys(SECTIONS), 'The front door'];
  const tested = HEADINGS.flatMap(rows).map((cells) => ({
    name: cells[0] ?? '',
    file: cells.find((cell) => /^test\/\S+\.ts$/u.test(cell)),
    mark: cells.find((cell) => MARKS.includes(cell)),
  }));

  test('exists, unless the behaviour is not modelled', () => {
    const without = tested.filter(
      ({ file, mark }) =>
        (mark === 'not modelled') === (file !== undefined) ||
        (file !== undefined && !existsSync(new URL(file, ROOT))),
    );
    expect(without).toEqual([]);
  });

  test('mentions the operation, switch or fault', () => {
    const silent = tested.filter(
      ({ name, file }) => name.startsWith('`') && !read(file ?? '').includes(name.slice(1, -1)),
    );
    expect(silent).toEqual([]);
  });

  test('stands beside a mark', () => {
    for (const heading of HEADINGS.filter((heading) => heading !== 'Faults')) {
      const unmarked = rows(heading).filter((cells) => !MARKS.includes(cells.at(-1) ?? ''));
      expect(unmarked).toEqual([]);
    }
  });
});

test('docs/local-cloud.md has every route of the control address, and no other', () => {
  const [, section = ''] = read('docs/local-cloud.md').split('\n## The control address\n');
  const documented = [...section.matchAll(/`((?:GET|POST) \/[a-z/-]+)`/gu)].map(
    ([, route = '']) => route,
  );
  expect(new Set(documented)).toEqual(new Set(Object.keys(ROUTES)));
});
