export interface Style {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

const CODES = { green: 32, red: 31, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof CODES;

export function paint(text: string, colour: Colour, style: { readonly colour: boolean }): string {
  return style.colour ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text;
}

/** Names and vendor codes come from outside: none of their characters may steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Code points; what is printed here has no wide or combining characters. */
export function columns(text: string): number {
  return Array.from(text).length;
}

/** At most `width` columns; what is cut is cut in the middle, since both ends of an id tell it apart. */
export function shorten(text: string, width: number): string {
  const characters = Array.from(text);
  if (characters.length <= width) return text;
  if (width <= 1) return '…'.slice(0, Math.max(width, 0));
  const tail = Math.floor((width - 1) / 2);
  const head = width - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** Exactly `width` columns. */
export function column(text: string, width: number): string {
  const short = shorten(printable(text), width);
  return short + ' '.repeat(Math.max(0, width - columns(short)));
}

/** Breaks a sentence into lines of at most `width` columns, each after `indent`. */
export function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(/\s+/)) {
    if (line !== '' && columns(indent + line + word) + 1 > width) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(indent + line);
  return lines.map((text) => shorten(text, width));
}

/** A line whose columns are to stay: as it is where it fits, broken up where it does not. */
export function fitted(text: string, width: number, indent: string): readonly string[] {
  const line = indent + printable(text);
  return columns(line) <= width ? [line] : wrap(text, width, indent);
}
