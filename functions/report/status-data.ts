import type { Reason } from '../core/codes.ts';
import { between, epochMs } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import { isoTime } from '../run/iso-time.ts';
import type { Prepared, WorkedSecret } from '../run/prepare.ts';
import { planData } from './plan-data.ts';
import type { PlannedGroup } from './plan-data.ts';
import { column, paint, printable, shorten } from './terminal-text.ts';
import type { Style } from './terminal-text.ts';

const DAY_MS = 86_400_000;

export interface SecretStatus {
  readonly name: string;
  readonly versions: readonly {
    readonly versionId: string;
    readonly labels: readonly string[];
    /** Whole days since the version was stored. */
    readonly ageDays: number;
  }[];
  readonly waiting: Reason | null;
  readonly held: Reason | null;
  /** ISO time from which a run generates the next keys; null where Keyturn never does. */
  readonly nextDue: string | null;
}

/** Where every secret and group stands, as `keyturn status --json` prints it. */
export interface StatusData {
  readonly schema: 'keyturn/status/1';
  readonly secrets: readonly SecretStatus[];
  readonly unusable: readonly { readonly name: string; readonly reason: Reason }[];
  readonly groups: readonly (Omit<PlannedGroup, 'steps'> & { readonly openSteps: number })[];
}

export function statusData(prepared: Prepared, now: EpochMs): StatusData {
  const { groups, unusable } = planData(prepared);
  return {
    schema: 'keyturn/status/1',
    secrets: prepared.secrets.map((secret) => secretStatus(secret, now)),
    unusable,
    groups: groups.map(({ steps, ...group }) => ({ ...group, openSteps: steps.length })),
  };
}

function secretStatus({ snapshot, aim }: WorkedSecret, now: EpochMs): SecretStatus {
  const current = holderOf(snapshot, LABELS.current);
  const days = aim.document.rotateEveryDays;
  const due = days === null || current === null ? null : current.createdAt + days * DAY_MS;
  return {
    name: snapshot.name,
    versions: snapshot.versions
      .filter((version) => version.labels.length > 0)
      .map(({ versionId, labels, createdAt }) => ({
        versionId,
        labels,
        ageDays: Math.floor(between(createdAt, now) / DAY_MS),
      })),
    waiting: aim.waiting,
    held: aim.held,
    nextDue: due === null ? null : isoTime(epochMs(due)),
  };
}

export function statusText(status: StatusData, style: Style): string {
  const fit = (text: string): string => shorten(printable(text), style.width);
  return [
    ...status.secrets.flatMap((secret) => [
      paint(fit(secret.name), 'bold', style),
      ...secret.versions.map(({ versionId, labels, ageDays }) =>
        fit(`  ${versionId}  ${labels.join(', ')}  ${ageDays} days old`),
      ),
      ...[secret.held, secret.waiting].flatMap((reason) =>
        reason === null ? [] : [paint(fit(`  ${reason.code}: ${reason.detail}`), 'yellow', style)],
      ),
      ...(secret.nextDue === null ? [] : [fit(`  next keys are due ${secret.nextDue}`)]),
      '',
    ]),
    ...status.unusable.map(({ name, reason }) =>
      paint(fit(`${name}  ${reason.code}: ${reason.detail}`), 'red', style),
    ),
    ...status.groups.map(({ id, verdict, reason }) =>
      fit(`${column(id, Math.min(72, style.width - 26))} ${verdict} ${reason.code}`),
    ),
  ].join('\n');
}
