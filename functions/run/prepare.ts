import { matchClaims } from '../core/claims.ts';
import type { Claim, Claimant } from '../core/claims.ts';

import type { Reason } from '../core/codes.ts';
import type { Wanted } from '../core/compare.ts';
import { fingerprint } from '../core/fingerprint.ts';
import { tunnelName } from '../core/fleet.ts';
import type { Fleet, TunnelRef } from '../core/fleet.ts';
import { groupsOf } from '../core/groups.ts';
import { between } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { planRestore } from '../core/plan-restore.ts';
import { planGroups } from '../core/plan.ts';
import type { ClaimState } from '../core/plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { statedBy } from '../core/stated.ts';
import type { Window } from '../core/window.ts';
import { LABELS, aimOf, documentAt, holderOf } from '../core/versions.ts';
import type { Aim, SecretSnapshot } from '../core/versions.ts';
import type { Run } from './context.ts';
import { gatherFleet, gatherSecret } from './gather.ts';
import { parseInstant } from './iso-time.ts';
import { closedWindow } from './windows.ts';

export type AppliedAim = Extract<Aim, { kind: 'apply' }>;

/** One secret that a run works on. */
export interface WorkedSecret {
  readonly snapshot: SecretSnapshot;
  readonly aim: AppliedAim;
  readonly currentVersionId: string | null;
}

/** The world as read, and what is to be done about it. Nothing was written to get here. */
export interface Prepared {
  readonly fleet: Fleet;
  readonly secrets: readonly WorkedSecret[];
  /** Secrets from which nothing can be applied, and why. */
  readonly unusable: ReadonlyMap<string, Reason>;
  readonly plans: readonly GroupPlan[];
  /** Restores that an earlier run did not finish. */
  readonly restores: readonly GroupPlan[];
}

/** Gather, check and plan for the named secrets. */
export async function prepare(run: Run, names: readonly string[]): Promise<Prepared> {
  const gathered = await Promise.all(names.map((name) => gatherSecret(run, name)));
  const now = run.ports.clock.now();
  const unusable = new Map<string, Reason>();
  const candidates: WorkedSecret[] = [];
  for (const secret of gathered) {
    if (secret.kind === 'none') {
      unusable.set(secret.name, secret.reason);
      continue;
    }
    const { snapshot } = secret;
    const aim = aimOf(snapshot, now, parseInstant);
    if (aim.kind === 'none') unusable.set(snapshot.name, aim.reason);
    else {
      const currentVersionId = holderOf(snapshot, LABELS.current)?.versionId ?? null;
      candidates.push({ snapshot, aim, currentVersionId });
    }
  }
  const { fleet, faults } = await gatherFleet(run, regionsOf(candidates));
  const secrets = candidates.filter(({ aim }) => {
    const region = aim.document.targets.find((target) => faults.has(target.regionId))?.regionId;
    const fault = region === undefined ? undefined : faults.get(region);
    if (fault !== undefined) unusable.set(aim.secretName, fault);
    return fault === undefined;
  });
  const matched = matchFleet(secrets, fleet, unusable);
  const plans = planGroups({
    fleet,
    claims: matched.claims,
    states: statesOf(run, matched.secrets, now),
  });
  const restores = unfinishedRestores(matched.secrets, matched.claims, plans, now);
  run.ports.log.event({
    kind: 'gathered',
    gateways: fleet.gateways.length,
    connections: fleet.connections.length,
    tunnels: fleet.connections.reduce((sum, connection) => sum + connection.tunnels.length, 0),
  });
  return { fleet, secrets: matched.secrets, unusable, plans, restores };
}

/** What `RotateRequest.approved` is compared with. */
export function fingerprintOf({ ports }: Run, prepared: Prepared): string {
  return fingerprint(prepared, (text) => ports.random.sha256Hex(text));
}

function regionsOf(secrets: readonly WorkedSecret[]): readonly string[] {
  const regions = secrets.flatMap(({ aim }) =>
    aim.document.targets.map((target) => target.regionId),
  );
  return [...new Set(regions)].sort();
}

/** Documents that fit the fleet, with their groups; the others go to `unusable` and claim nothing. */
function matchFleet(
  secrets: readonly WorkedSecret[],
  fleet: Fleet,
  unusable: Map<string, Reason>,
): { readonly secrets: readonly WorkedSecret[]; readonly claims: readonly Claim[] } {
  const groups = groupsOf(fleet);
  const claimantOf = ({ aim }: WorkedSecret): Claimant => aim;
  const first = matchClaims(secrets.map(claimantOf), fleet, groups);
  if (first.faults.size === 0) return { secrets, claims: first.groups };
  for (const [name, fault] of first.faults) unusable.set(name, fault);
  const fitting = secrets.filter(({ aim }) => !first.faults.has(aim.secretName));
  return { secrets: fitting, claims: matchClaims(fitting.map(claimantOf), fleet, groups).groups };
}

function statesOf(
  run: Run,
  secrets: readonly WorkedSecret[],
  now: EpochMs,
): ReadonlyMap<string, ClaimState> {
  return new Map(
    secrets.map((secret) => [
      secret.aim.secretName,
      {
        promote: secret.aim.promote,
        waiting: secret.aim.waiting,
        held: secret.aim.held,
        closed: closedWindow(run, windowsOf(secret)),
        overdue: isOverdue(secret, now),
        believed: (ref: TunnelRef) => statedBefore(secret, ref),
      },
    ]),
  );
}

/** The document's own window, in a list. */
export const windowsOf = ({ aim }: WorkedSecret): readonly Window[] =>
  aim.document.window === null ? [] : [aim.document.window];

const HOUR_MS = 3_600_000;

/** Counted from when the next version was stored: no other time of a stepwise rotation is kept anywhere. */
function isOverdue({ aim, snapshot }: WorkedSecret, now: EpochMs): boolean {
  const { handover } = aim.document;
  const next = holderOf(snapshot, LABELS.next);
  if (handover.mode !== 'stepwise' || !aim.promote || next === null) return false;
  return between(next.createdAt, now) > handover.followWithinHours * HOUR_MS;
}

/** What stored versions other than the one being applied say a tunnel had before it. */
export function statedBefore({ snapshot, aim }: WorkedSecret, ref: TunnelRef): Wanted | null {
  const { before } = snapshot;
  const saved =
    before?.forVersionId === aim.versionId ? before.tunnels.get(tunnelName(ref)) : undefined;
  if (saved !== undefined) return saved;
  const current = aim.promote ? documentAt(snapshot, LABELS.current) : null;
  return current === null ? null : statedBy(current, ref);
}

function unfinishedRestores(
  secrets: readonly WorkedSecret[],
  claims: readonly Claim[],
  plans: readonly GroupPlan[],
  now: EpochMs,
): readonly GroupPlan[] {
  const held = new Map(
    secrets
      .filter(
        (secret) =>
          holderOf(secret.snapshot, LABELS.held)?.versionId === secret.aim.versionId ||
          isOverdue(secret, now),
      )
      .map((secret) => [secret.aim.secretName, secret]),
  );
  return plans.flatMap((plan) => {
    const claim = claims.find((candidate) => candidate.group.id === plan.group.id);
    const mine = plan.secrets.flatMap(({ name }) => held.get(name) ?? []);
    if (claim === undefined || mine.length === 0) return [];
    const stated = (ref: TunnelRef): Wanted | null => {
      for (const secret of mine) {
        const found = statedBefore(secret, ref);
        if (found !== null) return found;
      }
      return null;
    };
    return planRestore(plan, claim, stated) ?? [];
  });
}
