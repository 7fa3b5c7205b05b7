import type { Target } from './document.ts';
import { readJson } from './json-text.ts';
import type { JsonNode } from './json-text.ts';
import { parseDocument } from './parse-document.ts';
import { brokenPskRule } from './psk.ts';

/**
 * The text of a next version: the same document with the key of each target replaced by `keyFor(target)`.
 * Nothing else of the text changes, so spacing and field order stay as a person wrote them. Targets
 * without a key keep having none. Throws when `text` is not a valid document or a key is not a valid key.
 */
export function withNewKeys(text: string, keyFor: (target: Target) => string): string {
  const parsed = parseDocument(text);
  const json = readJson(text);
  if (parsed.kind !== 'document' || json.kind !== 'value') {
    throw new Error('new keys need a valid rotation document');
  }
  const list = member(json.node, 'targets');
  const nodes = list?.kind === 'array' ? list.items : [];
  let next = '';
  let copied = 0;
  for (const [index, target] of parsed.document.targets.entries()) {
    const old = keyNode(nodes[index]);
    if (old === undefined) continue;
    const key = keyFor(target);
    const broken = brokenPskRule(key);
    if (broken !== null) throw new Error(`new key of ${target.path} ${broken}`);
    next += text.slice(copied, old.start) + JSON.stringify(key);
    copied = old.end;
  }
  return next + text.slice(copied);
}

/** Where a target says its key, in either of the two forms. */
function keyNode(target: JsonNode | undefined): JsonNode | undefined {
  const section = member(member(target, 'TunnelOptionsSpecification'), 'TunnelIkeConfig');
  return member(target, 'Psk') ?? member(section, 'Psk');
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  if (node?.kind !== 'object') return undefined;
  return node.members.find((candidate) => candidate.name === name)?.value;
}
