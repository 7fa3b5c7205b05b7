import type { Params } from '../operation.ts';

/** RFC 3986: everything but letters, digits and `-_.~` is escaped. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Decodes a query or a form body. The last of two values with one name stands. */
export function parseForm(text: string): Params {
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(text)) params[name] = value;
  return params;
}

/** Sorted by name as the signature schemes want it, decoded and encoded again, never taken as sent. */
export function canonicalQuery(params: Params, encodeName: (name: string) => string): string {
  return Object.keys(params)
    .toSorted()
    .map((name) => `${encodeName(name)}=${percentEncode(params[name] ?? '')}`)
    .join('&');
}
