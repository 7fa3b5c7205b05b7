/**
 * Reading the flat text parameters of KMS requests. Limits: API pages of CreateSecret, PutSecretValue,
 * ListSecrets and ListSecretVersionIds (read November 2026).
 */
import type { Params } from '../operation.ts';
import { invalidParameter, missingParameter } from './refusals.ts';
import type { DataType } from './state.ts';

/** Letters, digits and `_ / + = . - @`; generic secrets may not begin with `acs/`. */
const SECRET_NAME = /^(?!acs\/)[A-Za-z0-9_/+=.@-]{1,192}$/;
export const MAX_DATA_BYTES = 30_720;
/** Documented for VersionId; assumed for labels, where nothing is documented. */
const MAX_ID_CHARACTERS = 64;
const MAX_PAGE_SIZE = 100;

export function required(params: Params, name: string): string {
  const value = params[name];
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

function identifier(value: string, name: string): string {
  if (value === '' || value.length > MAX_ID_CHARACTERS) throw invalidParameter(name);
  return value;
}

export function secretName(params: Params): string {
  const name = required(params, 'SecretName');
  if (!SECRET_NAME.test(name)) throw invalidParameter('SecretName');
  return name;
}

export function requiredId(params: Params, name: 'VersionId' | 'VersionStage'): string {
  return identifier(required(params, name), name);
}

export function optionalId(params: Params, name: string): string | undefined {
  const value = params[name];
  return value === undefined ? undefined : identifier(value, name);
}

export function secretData(params: Params): string {
  const data = required(params, 'SecretData');
  if (Buffer.byteLength(data) > MAX_DATA_BYTES) throw invalidParameter('SecretData');
  return data;
}

export function dataType(params: Params): DataType {
  const value = params['SecretDataType'] ?? 'text';
  if (value !== 'text' && value !== 'binary') throw invalidParameter('SecretDataType');
  return value;
}

/** `VersionStages` travels as the text of a JSON array: `["ACSCurrent","MyLabel"]`. */
export function labels(params: Params): readonly string[] | undefined {
  if (params['VersionStages'] === undefined) return undefined;
  const value = json(params, 'VersionStages');
  if (!Array.isArray(value) || value.length === 0) throw invalidParameter('VersionStages');
  return [
    ...new Set(
      value.map((label: unknown) => {
        if (typeof label !== 'string') throw invalidParameter('VersionStages');
        return identifier(label, 'VersionStages');
      }),
    ),
  ];
}

export function json(params: Params, name: string): unknown {
  try {
    return JSON.parse(params[name] ?? '');
  } catch {
    throw invalidParameter(name);
  }
}

export function flag(params: Params, name: string, fallback = false): boolean {
  const value = params[name];
  if (value === undefined || value === '') return fallback;
  if (value !== 'true' && value !== 'false') throw invalidParameter(name);
  return value === 'true';
}

export function integer(
  params: Params,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = params[name];
  if (text === undefined || text === '') return range.fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < range.min || value > range.max) {
    throw invalidParameter(name);
  }
  return value;
}

export function page(params: Params, defaultSize: number): { number: number; size: number } {
  return {
    number: integer(params, 'PageNumber', { min: 1, max: 1_000_000, fallback: 1 }),
    size: integer(params, 'PageSize', { min: 1, max: MAX_PAGE_SIZE, fallback: defaultSize }),
  };
}

export function slice<T>(items: readonly T[], { number, size }: { number: number; size: number }) {
  return items.slice((number - 1) * size, number * size);
}

/** Documented parameters that this KMS cannot honour are refused rather than ignored. */
export function refuse(params: Params, names: readonly string[]): void {
  const present = names.find((name) => params[name] !== undefined);
  if (present !== undefined) throw invalidParameter(present);
}
