/** The little SVG that two pictures need: elements as text, and a page around them. */

export type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escape(value)}"`)
    .join('');
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

export function label(at: { x: number; y: number }, words: string, more: Attributes = {}): string {
  return element('text', { ...at, fill: INK, ...more }, escape(words));
}

export function line(
  from: { x: number; y: number },
  to: { x: number; y: number },
  more: Attributes = {},
): string {
  return element('line', { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: RULE, ...more });
}

/** A whole picture on white, so that it reads the same on a dark page. `title` is what a screen reader says. */
export function page(
  size: { readonly width: number; readonly height: number },
  title: string,
  parts: readonly string[],
): string {
  const { width, height } = size;
  const open = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    'font-family': 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif',
    'font-size': 13,
    role: 'img',
  };
  const background = element('rect', { width, height, fill: '#ffffff' });
  return `${element('svg', open, `\n${[element('title', {}, escape(title)), background, ...parts].join('\n')}\n`)}\n`;
}

export const INK = '#1f2933';
export const FAINT = '#5f6c7b';
export const RULE = '#d5dbe1';

const short = (value: number): string => String(Math.round(value * 100) / 100);

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
