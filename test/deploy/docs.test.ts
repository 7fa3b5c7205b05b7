/** What docs/deployment.md says is there, is there, and what it types is understood. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseEvent } from '../../functions/core/command.ts';
import { readTemplate, readText } from './template.ts';
import type { Element } from './template.ts';

const page = readText('docs/deployment.md');
const found = (pattern: RegExp): readonly string[] => [
  ...new Set([...page.matchAll(pattern)].map(([, text = '']) => text)),
];

describe('docs/deployment.md', () => {
  test('names files that exist', () => {
    const files = found(
      /((?:policies|alarms|test)\/[\w.-]+(?:\/[\w.-]+)*\.[a-z]+|s(?:\.\w+)?\.yaml)/g,
    );
    expect(files.length).toBeGreaterThan(5);
    const missing = files.filter(
      (file) => !file.includes('$') && !existsSync(new URL(`../../${file}`, import.meta.url)),
    );
    expect(missing).toEqual([]);
  });

  test('names variables that the deployment reads, all of them', () => {
    const variables = [...readText('s.yaml').matchAll(/env\('(KEYTURN_\w+)'/g)];
    const row = /^\| `KEYTURN/;
    const table = page
      .split('\n')
      .filter((line) => row.test(line))
      .join('\n');
    const named = [...table.matchAll(/KEYTURN_[A-Z_]+/g)].map(([name]) => name);
    expect(new Set([...named, 'KEYTURN_REGION'])).toEqual(
      new Set(variables.map(([, name]) => name)),
    );
  });

  test('makes the roles that the functions have', () => {
    const { resources } = readTemplate('s.yaml') as {
      resources: Readonly<Record<string, { props: Element }>>;
    };
    const roles = Object.values(resources).map(({ props }) => props['role']);
    expect(found(/for role in (.+); do/g)[0]?.split(' ')).toEqual(roles);
  });

  test('fills in the placeholders of the policies of those roles', () => {
    const exported = found(/\b(\w+)=[^\s]+/g);
    for (const role of ['keyturn-rotate', 'keyturn-audit']) {
      const text = readText(`policies/${role}.policy.json`);
      for (const [, name] of text.matchAll(/\$\{(\w+)\}/g)) expect(exported).toContain(name);
    }
  });

  test('sends events that are understood', () => {
    const events = found(/(\{"(?:action|secrets)".*?\})/g);
    expect(events).toHaveLength(3);
    for (const event of events) expect(parseEvent(event).reason).toMatch(/\w/);
  });

  test('has the headings that other pages lead to', () => {
    expect(page).toContain('\n### Changes in KMS\n');
    expect(readText('docs/operations.md')).toContain('\n## Maintenance windows\n');
  });
});
