/** Function Compute cuts a line of the log here (limits page, February 2026). */
export const LINE_BYTES_MAX = 32 * 1024;

type Lists = Readonly<Record<string, readonly unknown[]>>;

/** Which of several lines one is. */
export interface Part {
  readonly part: number;
  readonly parts: number;
}

/**
 * One line of JSON, or several where it would be too long: `lists` go on from each to the next, and all else
 * is in each of them. `line` makes the value of one, from what it has of the lists; `part` is null where
 * there is only one.
 */
export function inLines<T extends Lists>(
  lists: T,
  line: (lists: T, part: Part | null) => unknown,
): readonly string[] {
  const whole = JSON.stringify(line(lists, null));
  if (bytesOf(whole) <= LINE_BYTES_MAX) return [whole];
  const none = Object.fromEntries(Object.keys(lists).map((name) => [name, []])) as Lists as T;
  const around = bytesOf(JSON.stringify(line(none, { part: 99_999, parts: 99_999 })));
  const parts: Record<string, unknown[]>[] = [];
  let room = 0;
  for (const [name, items] of Object.entries(lists)) {
    for (const item of items) {
      const bytes = bytesOf(JSON.stringify(item)) + 1;
      if (parts.length === 0 || bytes > room) {
        parts.push({});
        room = LINE_BYTES_MAX - around;
      }
      room -= bytes;
      const part = parts.at(-1) ?? {};
      (part[name] ??= []).push(item);
    }
  }
  return parts.map((part, index) =>
    JSON.stringify(line({ ...none, ...part }, { part: index + 1, parts: parts.length })),
  );
}

const bytesOf = (text: string): number => Buffer.byteLength(text);
