/**
 * Loading RAM policy documents, Version "1". Strict: a policy that says something this evaluator does not
 * understand would be enforced wrongly, so it is refused. Source: RAM documentation, "Policy elements".
 */
import { compileConditions, type Condition } from './conditions.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Condition;
}

export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Throws with the policy's name and the offending element. */
export function loadPolicy(name: string, document: unknown): Policy {
  return {
    name,
    statements: statements(name, document, ['Effect', 'Action', 'Resource', 'Condition']).map(
      (statement) => ({
        effect: effect(name, statement),
        actions: texts(name, 'Action', statement['Action']).map((action) => action.toLowerCase()),
        resources: texts(name, 'Resource', statement['Resource']),
        condition: condition(name, statement['Condition']),
      }),
    ),
  };
}

/** The services that a trust policy lets assume its role. Throws as `loadPolicy` does. */
export function loadTrust(name: string, document: unknown): readonly string[] {
  return statements(name, document, ['Effect', 'Action', 'Principal']).flatMap((statement) => {
    if (effect(name, statement) !== 'Allow') throw new Error(`${name}: a trust must be an Allow`);
    if (texts(name, 'Action', statement['Action']).join() !== 'sts:AssumeRole') {
      throw new Error(`${name}: a trust is about sts:AssumeRole`);
    }
    const principal = closed(name, statement['Principal'], ['Service']);
    return texts(name, 'Service', principal['Service']);
  });
}

type Element = Readonly<Record<string, unknown>>;

function statements(name: string, document: unknown, known: readonly string[]): Element[] {
  const { Version: version, Statement: list } = closed(name, document, ['Version', 'Statement']);
  if (version !== '1') throw new Error(`${name}: Version must be "1"`);
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${name}: no Statement`);
  return list.map((statement: unknown) => closed(name, statement, known));
}

function closed(name: string, value: unknown, known: readonly string[]): Element {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${name}: expected an object with ${known.join(', ')}`);
  }
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new Error(`${name}: ${stranger} is not supported`);
  return value as Element;
}

function effect(name: string, statement: Element): 'Allow' | 'Deny' {
  const value = statement['Effect'];
  if (value !== 'Allow' && value !== 'Deny') throw new Error(`${name}: Effect is Allow or Deny`);
  return value;
}

function texts(name: string, element: string, value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new Error(`${name}: ${element} is empty`);
  return values.map((text) => {
    if (typeof text !== 'string' || text === '') throw new Error(`${name}: ${element} is no text`);
    return text;
  });
}

function condition(name: string, block: unknown): Condition {
  if (block === undefined) return () => true;
  try {
    return compileConditions(block);
  } catch (error) {
    throw new Error(`${name}: Condition`, { cause: error });
  }
}
