import { CODES } from '../core/codes.ts';
import type { CodeName, Reason } from '../core/codes.ts';
import { paint, wrap } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';

/** A reason with the group, secret or tunnel that it is about; `place` may be empty. */
export interface PlacedReason {
  readonly reason: Reason;
  readonly place: string;
}

const PLACES_SHOWN = 6;

/** Every code once: what it means, what to do, and where it was given. In the order of the first of each. */
export function reasonText(reasons: readonly PlacedReason[], style: Style): readonly string[] {
  const places = new Map<CodeName, Set<string>>();
  for (const { reason, place } of reasons) {
    // Many details begin with the place already.
    const parts = reason.detail.startsWith(place) ? [reason.detail] : [place, reason.detail];
    const text = parts.filter((part) => part !== '').join(': ');
    places.set(reason.code, (places.get(reason.code) ?? new Set()).add(text));
  }
  return [...places].flatMap(([code, where]) => block(code, [...where], style));
}

function block(code: CodeName, where: readonly string[], style: Style): readonly string[] {
  const { sentence, remedy, exit } = CODES[code];
  const colour = exit === 3 || exit === 0 ? 'yellow' : 'red';
  return codeText({ code, sentence, remedy, colour, where }, style);
}

/** One code: what it means, what to do, and the first few of the places where it was given. */
export function codeText(
  given: {
    readonly code: string;
    readonly sentence: string;
    readonly remedy: string;
    readonly colour: Colour;
    readonly where: readonly string[];
  },
  style: Style,
): readonly string[] {
  const named = given.where.filter((place) => place !== '');
  const hidden = named.length - PLACES_SHOWN;
  return [
    paint(given.code, given.colour, style),
    ...wrap(given.sentence, style.width, '  '),
    ...wrap(`→ ${given.remedy}`, style.width, '  '),
    ...named.slice(0, PLACES_SHOWN).flatMap((place) => wrap(`· ${place}`, style.width, '    ')),
    ...(hidden > 0 ? [`    · and ${hidden} more`] : []),
    '',
  ];
}
