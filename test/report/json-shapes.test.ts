/** docs/json.md names every field that the commands print, and no other. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import { clock } from '../../functions/core/examination.ts';
import { epochMs } from '../../functions/core/units.ts';
import { discoveryData } from '../../functions/report/discovery-data.ts';
import { planFile } from '../../functions/report/plan-file.ts';
import { statusData } from '../../functions/report/status-data.ts';
import { discover } from '../../functions/run/discover.ts';
import { examine } from '../../functions/run/examine.ts';
import { prepare } from '../../functions/run/prepare.ts';
import { START_MS, sampleRun } from './terminal-captures.ts';

const PAGE = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

/** `a.b`, `a[].c`: every field with a value that is no object, and lists of texts as `a[]`. */
function pathsIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsIn(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** The fields of a section's table; `.name` takes the place of the last name of the cell's first field. */
function documented(schema: string): readonly string[] {
  const section = PAGE.split(`\n## ${schema}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) => {
    const [first = '', ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
    // `groups[].reason.code`, `.reason.detail` stand side by side below `groups[]`.
    const parent = /^(.*\[\]|[^.]*)(?=\.)/.exec(first)?.[1] ?? '';
    return [
      first,
      ...rest.map((name) => (name.startsWith('.') ? siblingOf(first, parent, name) : name)),
    ];
  });
}

function siblingOf(first: string, parent: string, name: string): string {
  const beside = `${first.slice(0, first.lastIndexOf('.'))}${name}`;
  return KNOWN.has(beside) ? beside : `${parent}${name}`;
}

const run = sampleRun();
const at = epochMs(START_MS);
const prepared = await prepare(
  run,
  ['vpn/ningbo-port', 'vpn/milan-partner', 'vpn/nobody'],
  'rotate',
);
const status = statusData(prepared, at);
const [secret] = status.secrets;
const subject = { secrets: ['vpn/*'], leaseSecret: null, regions: [] };
const examined = await examine(run, subject);
const PRINTED: Readonly<Record<string, unknown>> = {
  'keyturn/plan/1': planFile(
    { prepared, fingerprint: '0'.repeat(64) },
    { now: at, regionId: 'cn-hangzhou' },
  ),
  'keyturn/status/1': status,
  'keyturn/discovery/1': discoveryData(await discover(run, ['cn-hangzhou', 'eu-central-1']), at),
  'keyturn/doctor/1': {
    schema: 'keyturn/doctor/1',
    ...examined,
    checks: [...examined.checks, clock('KMS', null)],
  },
};
const KNOWN = new Set(Object.values(PRINTED).flatMap((data) => pathsIn(data)));

test.each(Object.entries(PRINTED))('%s', (schema, data) => {
  // Null in some of the objects of a list, an object in others: only the longer path counts.
  const found = [...new Set(pathsIn(data))];
  const printed = found.filter((path) => !found.some((other) => other.startsWith(`${path}.`)));
  const lists = documented(schema).filter((name) => !name.endsWith('[]') || found.includes(name));
  expect(lists.toSorted()).toEqual(printed.toSorted());
});

test('a secret in trouble has its reason in the same fields', () => {
  expect(secret).toHaveProperty('held');
  expect(status.unusable).toEqual([
    { name: 'vpn/nobody', reason: reason('secret-not-found', 'vpn/nobody') },
  ]);
});
