import { Redacted } from './redacted.ts';

/** Whether two plain values say the same: scalars, keys, and lists and objects of them. */
export function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Redacted || b instanceof Redacted) {
    return a instanceof Redacted && b instanceof Redacted && a.equals(b);
  }
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && alike(a[name], b[name]))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
