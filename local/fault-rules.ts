/** Fault rules as they come over the control address or in a fleet file: checked, because a misspelt one would never strike. */
import { FAULT_KINDS } from './faults.ts';
import type { FaultRule } from './faults.ts';
import { isRefusal } from './front-door/any-refusal.ts';

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isWhole: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isChance: Check = (value) =>
  Array.isArray(value) && value.length === 2 && value.every(isWhole) && Number(value[1]) > 0;
const isWhere: Check = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText);

const FIELDS: Readonly<Record<keyof FaultRule, Check>> = {
  kind: (value) => FAULT_KINDS.some((kind) => kind === value),
  action: isText,
  function: isText,
  chance: isChance,
  where: isWhere,
  forMs: isWhole,
  nth: isWhole,
  delayMs: isWhole,
  code: isText,
  retryAfterMs: isWhole,
};

export function readFaultRules(value: unknown): readonly FaultRule[] {
  if (!Array.isArray(value)) throw new Error('rules must be a list');
  return value.map(readRule);
}

function readRule(value: unknown, index: number): FaultRule {
  const place = `rules[${index}]`;
  if (typeof value !== 'object' || value === null) throw new Error(`${place} is no rule`);
  const rule = value as Json;
  for (const [name, field] of Object.entries(rule)) {
    const check = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof FaultRule] : undefined;
    if (check === undefined) throw new Error(`${place} has a field that no rule has`);
    if (!check(field)) throw new Error(`${place}.${name} is not valid`);
  }
  if (!Object.hasOwn(rule, 'kind')) {
    throw new Error(`${place}.kind must be one of ${FAULT_KINDS.join(', ')}`);
  }
  const fault = value as FaultRule;
  if (fault.kind === 'refuse' && !isRefusal(fault.code)) {
    throw new Error(`${place}.code must be a documented one`);
  }
  return fault;
}
