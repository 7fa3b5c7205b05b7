import type { Outcome } from '../core/failure.ts';
import type { Page } from '../ports/vpn-api.ts';
import type { Run } from './context.ts';
import { reliably, repeat } from './retry.ts';

/** The service's largest page (API pages of the Describe calls, read November 2026). */
export const PAGE_SIZE = 50;
const LISTING_ATTEMPTS = 4;
/** The code, our own, of a listing whose pages do not fit together. */
export const LISTING_INCONSISTENT = 'Listing.Inconsistent';

/**
 * All items of a page-numbered listing, each once. Something created or deleted between two pages shifts
 * the rest, so a listing is read again whose distinct items do not add up to its total, or whose total
 * changes from page to page: an item that is passed over may be made up for by one that is gone.
 */
export function readAll<T>(
  run: Run,
  idOf: (item: T) => string,
  page: (pageNumber: number) => Promise<Outcome<Page<T>>>,
  attempts = LISTING_ATTEMPTS,
): Promise<Outcome<readonly T[]>> {
  return repeat<Outcome<readonly T[]>>(run, attempts, async () => {
    const items = new Map<string, T>();
    let total = 0;
    let steady = true;
    for (let number = 1; number === 1 || (number - 1) * PAGE_SIZE < total; number += 1) {
      const outcome = await reliably(run, () => page(number));
      if (outcome.kind !== 'ok') return { again: false, value: outcome };
      steady &&= number === 1 || outcome.value.totalCount === total;
      total = outcome.value.totalCount;
      const before = items.size;
      for (const item of outcome.value.items) items.set(idOf(item), item);
      // The same page for ever adds up to no total.
      if (items.size === before) break;
    }
    const value: Outcome<readonly T[]> =
      steady && items.size === total
        ? { kind: 'ok', value: [...items.values()] }
        : {
            kind: 'unknown',
            error: {
              operation: 'listing',
              code: LISTING_INCONSISTENT,
              status: null,
              requestId: null,
            },
          };
    if (value.kind === 'ok') return { again: false, value };
    return { again: 'later', value, atLeastMs: 0 };
  });
}

/**
 * Every secret whose name begins with `prefix`, each once. The listing ends when its total is reached, or
 * with a page that says nothing new whatever the total says.
 */
export async function namesWith(run: Run, prefix: string): Promise<Outcome<readonly string[]>> {
  const seen = new Set<string>();
  for (let number = 1; ; number += 1) {
    const page = await reliably(run, () => run.ports.secrets.listNames(number));
    if (page.kind !== 'ok') return page;
    const { items, totalCount } = page.value;
    const before = seen.size;
    for (const name of items) seen.add(name);
    if (seen.size > before && seen.size < totalCount) continue;
    return { kind: 'ok', value: [...seen].filter((name) => name.startsWith(prefix)) };
  }
}
