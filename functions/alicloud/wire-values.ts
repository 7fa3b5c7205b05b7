import * as z from 'zod/mini';

/**
 * One type for one meaning: the same field comes as text from one call and as a number or boolean from
 * another (tunnel lifetimes are texts in DescribeVpnConnections, numbers in ModifyTunnelAttribute's answer).
 * What is absent, empty or of a strange type reads as null, never as an error.
 */
export function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function asFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : null;
  return word === 'true' ? true : word === 'false' ? false : null;
}

/**
 * One word of the service's own, in lower case, such as a status. It is quoted to people, so what is not a
 * word reads as `unknown`: it could be anything, a key as well.
 */
export function asWord(value: string | null): string {
  const word = (value ?? '').toLowerCase();
  return /^[a-z_]{0,40}$/u.test(word) ? word : 'unknown';
}

/** Optional scalars of an answer. The catch is what lets the member be missing. */
export const text = z.catch(z.pipe(z.unknown(), z.transform(asText)), null);
export const number = z.catch(z.pipe(z.unknown(), z.transform(asNumber)), null);
export const flag = z.catch(z.pipe(z.unknown(), z.transform(asFlag)), null);

/** Without these an answer means nothing. */
export const id = z.string().check(z.minLength(1));
export const total = z
  .pipe(z.union([z.number(), z.string()]), z.transform(Number))
  .check(z.refine((count) => Number.isSafeInteger(count) && count >= 0));

/** A structure of which single members are looked up; anything else reads as empty. */
export const members = z.catch(z.record(z.string(), z.unknown()), {});
export type Members = z.infer<typeof members>;
