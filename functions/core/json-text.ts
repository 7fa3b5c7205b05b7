/**
 * JSON with places. `JSON.parse` quotes the text in its errors, keeps only the last of two fields with one
 * name, and forgets where a value stood; a document that holds keys can afford none of the three.
 */
export type JsonNode = Span &
  (
    | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
    | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null'; readonly value: null }
  );

/** Offsets into the text, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  readonly name: string;
  /** Where the name stands. */
  readonly start: number;
  readonly value: JsonNode;
}

export type JsonRead =
  | { readonly kind: 'value'; readonly node: JsonNode }
  | { readonly kind: 'broken'; readonly at: number; readonly expected: string };

/** Far above what a rotation document nests (5), far below what overflows the stack. */
const MAX_DEPTH = 32;

/** What some editors put before a text. It is no part of it. */
const BYTE_ORDER_MARK = '\u{feff}';
const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Broken extends Error {
  readonly at: number;
  readonly expected: string;

  constructor(at: number, expected: string) {
    super(expected);
    this.at = at;
    this.expected = expected;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    if (this.#text.startsWith(BYTE_ORDER_MARK)) this.#at = BYTE_ORDER_MARK.length;
    const node = this.#value();
    if (this.#at < this.#text.length) throw new Broken(this.#at, 'the end of the text');
    return node;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Takes `mark` when it comes next, with the blanks around it. */
  #takes(mark: string): boolean {
    this.#match(BLANK);
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    this.#match(BLANK);
    return true;
  }

  #value(): JsonNode {
    this.#match(BLANK);
    const start = this.#at;
    const node = this.#bare(start);
    this.#match(BLANK);
    return node;
  }

  #bare(start: number): JsonNode {
    if (this.#takes('{')) {
      const members = this.#list('}', () => this.#member());
      return { kind: 'object', members, start, end: this.#at };
    }
    if (this.#takes('[')) {
      const items = this.#list(']', () => this.#value());
      return { kind: 'array', items, start, end: this.#at };
    }
    const source = this.#match(STRING) ?? this.#match(SCALAR);
    if (source === undefined) throw new Broken(start, 'a value');
    return { ...scalar(JSON.parse(source) as Scalar), start, end: this.#at };
  }

  #member(): JsonMember {
    const start = this.#at;
    const source = this.#match(STRING);
    if (source === undefined) throw new Broken(start, 'a field name in double quotes');
    if (!this.#takes(':')) throw new Broken(this.#at, '":" after a field name');
    return { name: JSON.parse(source) as string, start, value: this.#value() };
  }

  #list<T>(close: string, element: () => T): readonly T[] {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Broken(this.#at, `at most ${MAX_DEPTH} levels`);
    const elements: T[] = [];
    while (elements.length > 0 || !this.#text.startsWith(close, this.#at)) {
      elements.push(element());
      if (!this.#takes(',')) break;
    }
    if (!this.#text.startsWith(close, this.#at)) throw new Broken(this.#at, `"," or "${close}"`);
    this.#at += close.length;
    this.#depth -= 1;
    return elements;
  }
}

type Scalar = string | number | boolean | null;

function scalar(value: Scalar) {
  if (value === null) return { kind: 'null', value } as const;
  if (typeof value === 'string') return { kind: 'string', value } as const;
  if (typeof value === 'number') return { kind: 'number', value } as const;
  return { kind: 'boolean', value } as const;
}

/** Reads one JSON value. `expected` describes what is missing, never what is there. */
export function readJson(text: string): JsonRead {
  try {
    return { kind: 'value', node: new Reader(text).document() };
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', at: error.at, expected: error.expected };
    throw error;
  }
}

/** `line 3, column 7`, both counted from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
