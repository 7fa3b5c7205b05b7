import { BASELINES } from '../core/baselines.ts';
import type { Baseline } from '../core/baselines.ts';
import { KeyturnError } from '../core/codes.ts';

/** What decides a verdict. */
export interface AuditSettings {
  /** A current version that is older fails. */
  readonly maxAgeDays: number;
  readonly baselines: readonly Baseline[];
}

/** PCI DSS and others leave the period to a risk analysis; a year is the longest that is usual. */
const MAX_AGE_DAYS = 365;

/** Reads KEYTURN_AUDIT_*. Throws a KeyturnError that names the variable and the rule, never the value. */
export function readAuditSettings(
  env: Readonly<Record<string, string | undefined>>,
): AuditSettings {
  return {
    maxAgeDays: readDays(env, 'KEYTURN_AUDIT_MAX_AGE_DAYS'),
    baselines: readBaselines(env, 'KEYTURN_AUDIT_BASELINES'),
  };
}

function readDays(env: Readonly<Record<string, string | undefined>>, name: string): number {
  const value = env[name] ?? '';
  if (value === '') return MAX_AGE_DAYS;
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new KeyturnError('setting-invalid', `${name} must be a whole number of days.`);
}

function readBaselines(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): readonly Baseline[] {
  const known = Object.keys(BASELINES) as Baseline[];
  const wanted = (env[name] ?? '').split(',').map((part) => part.trim());
  if (wanted.length === 1 && wanted[0] === '') return ['rfc'];
  if (wanted.every((one) => known.some((baseline) => baseline === one))) {
    return known.filter((baseline) => wanted.includes(baseline));
  }
  throw new KeyturnError('setting-invalid', `${name} must be some of ${known.join(', ')}.`);
}
