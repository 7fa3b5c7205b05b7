/** The conditions that policies here may use. Anything else is refused when the policy is loaded. */
import { BlockList, isIPv4 } from 'node:net';
import { matchesPattern } from './pattern.ts';

/** What a request is known by, besides action and resource. */
export interface RequestContext {
  readonly 'acs:SourceIp'?: string;
  readonly 'acs:SecureTransport'?: 'true' | 'false';
  /** The service a role is passed to. */
  readonly 'acs:Service'?: string;
}

type Key = keyof RequestContext;
/** True when the request's value satisfies one of the condition's values. */
type Test = (value: string) => boolean;
export type Condition = (context: RequestContext) => boolean;

interface Operator {
  readonly keys: readonly Key[];
  compile(want: string): Test;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', { keys: ['acs:Service'], compile: (want) => (value) => value === want }],
  [
    'StringLike',
    { keys: ['acs:Service'], compile: (want) => (value) => matchesPattern(want, value) },
  ],
  ['Bool', { keys: ['acs:SecureTransport'], compile: compileBool }],
  ['IpAddress', { keys: ['acs:SourceIp'], compile: compileCidr }],
]);

/**
 * All operators and keys must hold; the values of one key are alternatives. A key that the request does
 * not carry satisfies nothing. Throws on anything that is not supported.
 */
export function compileConditions(block: unknown): Condition {
  const conditions = Object.entries(asObject(block)).flatMap(([name, keys]) => {
    const operator = OPERATORS.get(name);
    if (operator === undefined) throw new Error(`condition operator ${name} is not supported`);
    return Object.entries(asObject(keys)).map(([key, values]) => {
      const known = operator.keys.find((candidate) => candidate === key);
      if (known === undefined) throw new Error(`condition key ${key} is not supported by ${name}`);
      const tests = asTexts(values).map((value) => operator.compile(value));
      return (context: RequestContext) => {
        const value = context[known];
        return value !== undefined && tests.some((test) => test(value));
      };
    });
  });
  return (context) => conditions.every((condition) => condition(context));
}

function compileBool(want: string): Test {
  if (want !== 'true' && want !== 'false') throw new Error(`${want} is neither true nor false`);
  return (value) => value === want;
}

function compileCidr(want: string): Test {
  const [address = '', prefix = '32', ...rest] = want.split('/');
  const length = Number(prefix);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || length > 32 || rest.length > 0) {
    throw new Error(`${want} is not an IPv4 address or block`);
  }
  const block = new BlockList();
  block.addSubnet(address, length);
  return (value) => isIPv4(value) && block.check(value);
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('a condition must be an object');
  }
  return value as Record<string, unknown>;
}

function asTexts(value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => {
    if (typeof one === 'boolean') return String(one);
    if (typeof one !== 'string') throw new Error('a condition value must be text');
    return one;
  });
}
