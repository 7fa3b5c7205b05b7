import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const ROOT = new URL('../../', import.meta.url);

export const ACCOUNT = '1234567890123456';

export type Element = Readonly<Record<string, unknown>>;

export function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/**
 * A deployment file as Serverless Devs renders it with nothing in the environment: `env` gives its default,
 * `config` the account, `vars` the file's own variables. Any other expression is an error.
 */
export function readTemplate(path: string): Element {
  const raw = parse(readText(path), { strict: true, uniqueKeys: true }) as Element;
  const vars = evaluate(raw['vars'], {}) as Readonly<Record<string, string>>;
  return evaluate(raw, vars) as Element;
}

function evaluate(value: unknown, vars: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([^}]*)\}/g, (_whole, expression: string) =>
      resolve(expression, vars),
    );
  }
  if (Array.isArray(value)) return value.map((item) => evaluate(item, vars));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, evaluate(inner, vars)]),
  );
}

function resolve(expression: string, vars: Readonly<Record<string, string>>): string {
  const fallback = /^env\('[A-Z][A-Z0-9_]*', '([^']*)'\)$/.exec(expression)?.[1];
  const variable = vars[/^vars\.([A-Za-z]+)$/.exec(expression)?.[1] ?? ''];
  const account = expression === "config('AccountID')" ? ACCOUNT : undefined;
  const found = fallback ?? variable ?? account;
  if (found === undefined) throw new Error(`\${${expression}} is not understood`);
  return found;
}

/** Throws unless the value is an object with exactly these keys. */
export function closed(value: unknown, keys: readonly string[]): Element {
  const names = Object.keys(value as Element);
  const wrong = [
    ...names.filter((name) => !keys.includes(name)),
    ...keys.filter((name) => !names.includes(name)),
  ];
  if (wrong.length > 0) throw new Error(`unexpected or missing: ${wrong.join(', ')}`);
  return value as Element;
}
