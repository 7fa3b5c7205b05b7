import type { Reason } from '../core/codes.ts';
import { standingOf } from '../core/standing.ts';
import type { Standing } from '../core/standing.ts';
import { after, between, durationMs } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import type { SecretVersion } from '../core/versions.ts';
import { isoTime } from '../run/iso-time.ts';
import type { Prepared, WorkedSecret } from '../run/prepare.ts';
import { planData } from './plan-data.ts';
import type { PlannedGroup } from './plan-data.ts';

const DAY_MS = 86_400_000;

export interface VersionAge {
  readonly versionId: string;
  /** Whole days since the version, and with it its key, was stored. */
  readonly ageDays: number;
}

export interface SecretStatus extends Standing {
  readonly name: string;
  /** Ids of the groups that its document names. */
  readonly groups: readonly string[];
  readonly current: VersionAge | null;
  readonly next: VersionAge | null;
  readonly previous: VersionAge | null;
  readonly versions: readonly (VersionAge & { readonly labels: readonly string[] })[];
  readonly waiting: Reason | null;
  readonly held: Reason | null;
  /** ISO time from which a run generates the next keys; null where Keyturn never does. */
  readonly nextDue: string | null;
  /** Whole days until then, negative once it has passed. */
  readonly dueInDays: number | null;
}

/** Where every secret and group stands, as `keyturn status --json` prints it. */
export interface StatusData {
  readonly schema: 'keyturn/status/1';
  readonly secrets: readonly SecretStatus[];
  readonly unusable: readonly { readonly name: string; readonly reason: Reason }[];
  readonly groups: readonly (Omit<PlannedGroup, 'steps'> & {
    readonly openSteps: number;
  })[];
}

export function statusData(prepared: Prepared, now: EpochMs): StatusData {
  const { groups, unusable } = planData(prepared);
  return {
    schema: 'keyturn/status/1',
    secrets: prepared.secrets.map((secret) => secretStatus(secret, prepared, now)),
    unusable,
    groups: groups.map(({ steps, ...group }) => ({
      ...group,
      openSteps: steps.length,
    })),
  };
}

function secretStatus(secret: WorkedSecret, prepared: Prepared, now: EpochMs): SecretStatus {
  const { snapshot, aim } = secret;
  const current = holderOf(snapshot, LABELS.current);
  const days = aim.document.rotateEveryDays;
  const dueAt =
    days === null || current === null ? null : after(current.createdAt, durationMs(days * DAY_MS));
  const plans = [...prepared.plans, ...prepared.restores].filter((plan) =>
    plan.secrets.some(({ name }) => name === snapshot.name),
  );
  const aged = (version: SecretVersion | null): VersionAge | null =>
    version === null
      ? null
      : {
          versionId: version.versionId,
          ageDays: Math.floor(between(version.createdAt, now) / DAY_MS),
        };
  return {
    name: snapshot.name,
    groups: [...new Set(plans.map(({ group }) => group.id))],
    current: aged(current),
    next: aged(holderOf(snapshot, LABELS.next)),
    previous: aged(holderOf(snapshot, LABELS.previous)),
    versions: snapshot.versions
      .filter((version) => version.labels.length > 0)
      .map((version) => ({
        versionId: version.versionId,
        labels: version.labels,
        ageDays: Math.floor(between(version.createdAt, now) / DAY_MS),
      })),
    waiting: aim.waiting,
    held: aim.held,
    nextDue: dueAt === null ? null : isoTime(dueAt),
    dueInDays: dueAt === null ? null : Math.ceil(between(now, dueAt) / DAY_MS),
    ...standingOf({ aim, plans, dueAt, now }),
  };
}
