/**
 * `npm run bench [-- --json] [--quick] [--only NAME,…] [--charts]`: every figure of docs/pace.md, next to its
 * goal. A name that ends in `*` is a prefix. Tables for people, or one JSON object `{"rows": […]}` and nothing
 * else. `--charts` draws the pictures of docs/ as well.
 */
import { parseArgs } from 'node:util';
import { rowTable } from './rows.ts';
import type { Row } from './rows.ts';
import type { Section } from './section.ts';
import { CHARTS } from './sections/charts.ts';
import { DISPATCHES } from './sections/dispatch.ts';
import { MAKESPANS } from './sections/makespan.ts';
import { MEMORY } from './sections/memory.ts';
import { PLANNING } from './sections/planning.ts';
import { RIVALRIES } from './sections/rivals.ts';
import { SEEDED } from './sections/seeds.ts';
import { SHAPED } from './sections/shapes.ts';
import { STARTING } from './sections/start.ts';

const SECTIONS: readonly Section[] = [
  ...MAKESPANS,
  ...SEEDED,
  ...RIVALRIES,
  SHAPED,
  ...PLANNING,
  ...MEMORY,
  ...DISPATCHES,
  ...STARTING,
  CHARTS,
];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    charts: { type: 'boolean', default: false },
  },
});

function isWanted({ name, quick }: Section): boolean {
  if (name === CHARTS.name && values.charts) return true;
  if (values.only === undefined) return (quick || !values.quick) && name !== CHARTS.name;
  return values.only
    .split(',')
    .some((wanted) =>
      wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted,
    );
}

const wanted = SECTIONS.filter(isWanted);
if (wanted.length === 0) {
  console.error(`no such section; there are: ${SECTIONS.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
const say = (text: string): void => {
  if (!values.json) console.log(text);
};
const rows: Row[] = [];
for (const section of wanted) {
  say(`\n== ${section.name}: ${section.title}`);
  const found = await section.run(say);
  say(`\n${rowTable(found)}`);
  rows.push(...found);
}
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else {
  const goals = rows.filter(({ met }) => met !== null);
  const missed = goals.filter(({ met }) => met === false);
  say(`\n== all of it\n${rowTable(rows)}`);
  say(`\n${goals.length - missed.length} of ${goals.length} goals met`);
}
// A virtual clock may still have sleepers that nobody waits for.
process.exit(0);
