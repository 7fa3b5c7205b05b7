/**
 * RAM's wildcards: `*` stands for any run of characters (none too), `?` for exactly one. Takes time
 * proportional to pattern times text at worst, whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  let index = 0;
  while (index < text.length) {
    const expected = pattern[at];
    if (expected === '*') {
      star = at;
      retry = index;
      at += 1;
    } else if (expected === '?' || expected === text[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      index = retry;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
