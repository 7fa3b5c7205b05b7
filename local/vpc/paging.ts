import { VendorError } from '../operation.ts';
import type { Params } from '../operation.ts';

/** Pages are numbered from 1; 10 items unless asked otherwise, at most 50 (SDK comments). */
const DEFAULT_SIZE = 10;
const MAX_SIZE = 50;

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly fields: {
    readonly PageNumber: number;
    readonly PageSize: number;
    readonly TotalCount: number;
  };
}

export function page<T>(items: readonly T[], params: Params): PageOf<T> {
  const number = whole(params, 'PageNumber', 1, Number.MAX_SAFE_INTEGER) ?? 1;
  const size = whole(params, 'PageSize', 1, MAX_SIZE) ?? DEFAULT_SIZE;
  const start = (number - 1) * size;
  return {
    items: items.slice(start, start + size),
    fields: { PageNumber: number, PageSize: size, TotalCount: items.length },
  };
}

function whole(params: Params, name: string, min: number, max: number): number | null {
  const text = params[name];
  if (text === undefined) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= min && value <= max) return value;
  throw new VendorError({
    status: 400,
    code: `Invalid${name}`,
    message: `Specified ${name} is not valid.`,
  });
}
