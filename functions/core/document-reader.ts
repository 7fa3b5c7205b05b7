import type { DocumentFault } from './document.ts';
import { placeOf } from './json-text.ts';
import type { JsonNode, Span } from './json-text.ts';
import type { Rule } from './parameters.ts';
import { brokenRule } from './value-rules.ts';
import type { ValueOf } from './value-rules.ts';

/** The known fields of one object, and where it stands. */
export interface Fields {
  readonly path: string;
  readonly node: JsonNode;
  readonly byName: ReadonlyMap<string, JsonNode>;
}

/**
 * Reads values out of a JSON tree and collects every broken rule. Names of unknown fields are text that
 * may be a misplaced key, so faults give their place instead.
 */
export class DocumentReader {
  readonly #text: string;
  readonly #faults: { readonly at: number; readonly fault: DocumentFault }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** In the order in which the places stand in the text. */
  get faults(): readonly DocumentFault[] {
    return this.#faults.toSorted((a, b) => a.at - b.at).map(({ fault }) => fault);
  }

  fault(where: Pick<Span, 'start'>, path: string, rule: string): void {
    this.#faults.push({ at: where.start, fault: { path, rule } });
  }

  /** The fields of an object; empty when there is none. Unknown and repeated ones are faults. */
  fields(node: JsonNode, path: string, known: readonly string[]): Fields {
    const byName = new Map<string, JsonNode>();
    if (node.kind !== 'object') {
      this.fault(node, path, 'must be an object');
      return { path, node, byName };
    }
    for (const { name, start, value } of node.members) {
      const place = placeOf(this.#text, start);
      if (!known.includes(name)) {
        this.fault({ start }, path, `unknown field at ${place}; known: ${known.join(', ')}`);
      } else if (byName.has(name)) {
        this.fault({ start }, pathOf(path, name), `named again at ${place}`);
      } else {
        byName.set(name, value);
      }
    }
    return { path, node, byName };
  }

  /** A field's value; undefined when it is absent or breaks its rule. */
  value<const R extends Rule>(fields: Fields, name: string, rule: R): ValueOf<R> | undefined {
    const node = fields.byName.get(name);
    if (node === undefined) return undefined;
    const broken = brokenRule(rule, node);
    if (broken !== null) this.fault(node, pathOf(fields.path, name), broken);
    return broken === null && 'value' in node ? (node.value as ValueOf<R>) : undefined;
  }

  required<const R extends Rule>(fields: Fields, name: string, rule: R): ValueOf<R> | undefined {
    this.requireField(fields, name);
    return this.value(fields, name, rule);
  }

  requireField(fields: Fields, name: string): void {
    if (fields.node.kind === 'object' && !fields.byName.has(name)) {
      this.fault(fields.node, pathOf(fields.path, name), 'is missing');
    }
  }
}

/** The document itself has no name; its fields stand alone. */
export const ROOT = 'document';

export function pathOf(parent: string, name: string): string {
  return parent === ROOT ? name : `${parent}.${name}`;
}
