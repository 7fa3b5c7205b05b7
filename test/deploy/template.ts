import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const ROOT = new URL('../../', import.meta.url);

export const ACCOUNT = '1234567890123456';

export type Element = Readonly<Record<string, unknown>>;
export type Variables = Readonly<Record<string, string>>;

export function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/**
 * A deployment file as Serverless Devs renders it: `extend` lays the file over another, `env` gives a variable
 * of the environment or its default, `config` the account, `vars` the file's own variables. Any other
 * expression is an error. preview.test.ts compares this with the program itself.
 */
export function readTemplate(path: string, env: Variables = {}): Element {
  const raw = extended(path);
  const vars = evaluate(raw['vars'], {}, env) as Variables;
  return evaluate(raw, vars, env) as Element;
}

function extended(path: string): Element {
  const { extend, ...own } = parse(readText(path), { strict: true, uniqueKeys: true }) as Element;
  return typeof extend === 'string' ? (laidOver(extended(extend), own) as Element) : own;
}

/** Objects are merged, everything else is replaced. */
function laidOver(base: unknown, own: unknown): unknown {
  if (!isElement(base) || !isElement(own)) return own;
  const merged = Object.entries(own).map(([name, value]) => [name, laidOver(base[name], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function evaluate(value: unknown, vars: Variables, env: Variables): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([^}]*)\}/g, (_whole, expression: string) =>
      resolve(expression, vars, env),
    );
  }
  if (Array.isArray(value)) return value.map((item) => evaluate(item, vars, env));
  if (!isElement(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, evaluate(inner, vars, env)]),
  );
}

function resolve(expression: string, vars: Variables, env: Variables): string {
  const [, name = '', fallback] = /^env\('([A-Z][A-Z0-9_]*)', '([^']*)'\)$/.exec(expression) ?? [];
  const variable = vars[/^vars\.([A-Za-z]+)$/.exec(expression)?.[1] ?? ''];
  const account = expression === "config('AccountID')" ? ACCOUNT : undefined;
  const found = env[name] ?? fallback ?? variable ?? account;
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

/** What the `${…}` of policies/ stand for in a deployment with these variables. */
export function placeholdersOf(vars: Variables): Variables {
  return {
    region: vars['region'] ?? '',
    accountId: ACCOUNT,
    secretPrefix: vars['secretPrefix'] ?? '',
    leaseSecret: vars['leaseSecret'] ?? '',
    logProject: vars['logProject'] ?? '',
    logStore: vars['logStore'] ?? '',
    failureQueue: vars['failureQueue'] ?? '',
    keyId: 'example-key',
    secretName: `${vars['secretPrefix'] ?? ''}branch-a`,
  };
}

/** A document of policies/ with its placeholders filled in; throws on one that is not known. */
export function filled(file: string, placeholders: Variables): unknown {
  const text = readText(`policies/${file}`).replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`${whole} is not a known placeholder`);
    return value;
  });
  return JSON.parse(text);
}
