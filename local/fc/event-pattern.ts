/**
 * EventBridge's event patterns, as far as they are used. Strict as policies are: a pattern that says
 * something else is refused when it is loaded. Source: EventBridge documentation, "Event patterns" (2026-03-11).
 */
export type Pattern = (event: unknown) => boolean;

type Json = Readonly<Record<string, unknown>>;
type Test = (value: unknown) => boolean;

/** Throws on what is not supported. An object's fields must all match; a list's entries are alternatives. */
export function compilePattern(pattern: unknown): Pattern {
  if (!isObject(pattern)) throw new Error('an event pattern must be an object');
  const fields = Object.entries(pattern).map(([name, want]) => {
    const matches = Array.isArray(want) ? compileAny(want) : compilePattern(want);
    return (event: unknown) => matches(isObject(event) ? event[name] : undefined);
  });
  return (event) => fields.every((matches) => matches(event));
}

/** A list in the event matches when one of its items does. */
function compileAny(wants: readonly unknown[]): Test {
  const tests = wants.map(compileOne);
  return (value) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return tests.some((test) => values.some(test));
  };
}

function compileOne(want: unknown): Test {
  if (!isObject(want)) return (value) => value === want;
  const [[name, operand] = ['', undefined], ...more] = Object.entries(want);
  if (more.length > 0) throw new Error('an event pattern compares one thing at a time');
  switch (name) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(text(operand));
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(text(operand));
    case 'contains':
      return (value) => typeof value === 'string' && value.includes(text(operand));
    case 'exists':
      return (value) => (value !== undefined) === (operand === true);
    case 'anything-but': {
      const excluded = compileAny(Array.isArray(operand) ? operand : [operand]);
      return (value) => value !== undefined && !excluded(value);
    }
    default:
      throw new Error(`event patterns with ${name} are not supported`);
  }
}

function text(operand: unknown): string {
  if (typeof operand !== 'string') throw new Error('an event pattern compares with text');
  return operand;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
