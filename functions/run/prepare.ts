import { savedFor } from '../core/before.ts';
import { matchClaims } from '../core/claims.ts';
import type { Claim, Claimant } from '../core/claims.ts';
import type { Reason } from '../core/codes.ts';
import type { Wanted } from '../core/compare.ts';
import { replacementsAmong } from '../core/customer-gateways.ts';
import { fingerprint } from '../core/fingerprint.ts';
import { tunnelName } from '../core/fleet.ts';
import type { CustomerGateway, Fleet, TunnelRef } from '../core/fleet.ts';
import { groupsOf } from '../core/groups.ts';
import type { Group } from '../core/groups.ts';
import { between } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { planAskedRestore, planRestore } from '../core/plan-restore.ts';
import { planGroups } from '../core/plan.ts';
import type { ClaimState } from '../core/plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { statedBy } from '../core/stated.ts';
import { filledIn, relabelled, takeBackOf } from '../core/take-back.ts';
import type { LabelMove } from '../core/take-back.ts';
import type { Window } from '../core/window.ts';
import { LABELS, aimOf, documentAt, goesBack, holderOf, leftBehind } from '../core/versions.ts';
import type { Aim, SecretSnapshot } from '../core/versions.ts';
import type { Run } from './context.ts';
import { gatherCustomerGateways } from './customer-gateways.ts';
import { gatherFleet, gatherSecrets } from './gather.ts';
import type { GatheredSecret } from './gather.ts';
import { parseInstant } from './iso-time.ts';
import { closedWindow } from './windows.ts';

export type AppliedAim = Extract<Aim, { kind: 'apply' }>;

/** One secret that a run works on. */
export interface WorkedSecret {
  /** As it is once the moves have been made. */
  readonly snapshot: SecretSnapshot;
  readonly aim: AppliedAim;
  readonly currentVersionId: string | null;
  /** Label moves that come before everything else; only a restore that is asked for has some. */
  readonly moves: readonly LabelMove[];
  /** Whether a person asked for this version's tunnels to go back. */
  readonly undone: boolean;
}

/** The world as read, and what is to be done about it. Nothing was written to get here. */
export interface Prepared {
  readonly fleet: Fleet;
  /** Of the regions in which a document lets them be replaced. */
  readonly customerGateways: readonly CustomerGateway[];
  readonly secrets: readonly WorkedSecret[];
  /** Secrets from which nothing can be applied, and why. */
  readonly unusable: ReadonlyMap<string, Reason>;
  readonly plans: readonly GroupPlan[];
  /** Groups that go back: asked for, or begun by an earlier run. */
  readonly restores: readonly GroupPlan[];
}

/** What is wanted of the named secrets: what they say, or (`restore`) what was before that. */
export type Purpose = 'rotate' | 'restore';

/** Gather, check and plan for the named secrets. */
export async function prepare(
  run: Run,
  names: readonly string[],
  purpose: Purpose,
): Promise<Prepared> {
  return prepareFrom(run, await gatherSecrets(run, names, purpose), purpose);
}

/** The same from secrets just read. */
export async function prepareFrom(
  run: Run,
  gathered: readonly GatheredSecret[],
  purpose: Purpose,
): Promise<Prepared> {
  const now = run.ports.clock.now();
  const unusable = new Map<string, Reason>();
  const candidates: WorkedSecret[] = [];
  for (const secret of gathered) {
    if (secret.kind === 'none') {
      unusable.set(secret.name, secret.reason);
      continue;
    }
    const worked = purpose === 'rotate' ? asItIs(secret.snapshot) : takenBack(secret.snapshot);
    if (worked.kind === 'none') {
      unusable.set(secret.snapshot.name, worked.reason);
      continue;
    }
    const { snapshot, moves, undone } = worked;
    const aim = aimOf(snapshot, now, parseInstant);
    if (aim.kind === 'none') unusable.set(snapshot.name, aim.reason);
    else {
      const currentVersionId = holderOf(snapshot, LABELS.current)?.versionId ?? null;
      const held = worked.released ? null : aim.held;
      candidates.push({ snapshot, aim: { ...aim, held }, currentVersionId, moves, undone });
    }
  }
  const replacing = candidates.filter(
    ({ aim }) => aim.document.groupStrategy === 'replace-customer-gateway',
  );
  const [{ fleet, faults }, replaced] = await Promise.all([
    gatherFleet(run, regionsOf(candidates)),
    gatherCustomerGateways(run, regionsOf(replacing)),
  ]);
  const replacers = new Set(replacing.map(({ aim }) => aim));
  const unreadAnywhere = new Map([...faults, ...replaced.faults]);
  const secrets = candidates.filter(({ aim }) => {
    const unread = replacers.has(aim) ? unreadAnywhere : faults;
    const region = aim.document.targets.find((target) => unread.has(target.regionId))?.regionId;
    const fault = region === undefined ? undefined : unread.get(region);
    if (fault !== undefined) unusable.set(aim.secretName, fault);
    return fault === undefined;
  });
  const { customerGateways } = replaced;
  const groups = groupsOf(fleet, replacementsAmong(customerGateways));
  const matched = matchFleet(secrets, { fleet, groups }, unusable);
  const plans = planGroups({
    fleet,
    claims: matched.claims,
    states: statesOf(run, matched.secrets, now),
  });
  const restores = restoresOf(matched.secrets, matched.claims, plans, now);
  run.ports.log.event({
    kind: 'gathered',
    gateways: fleet.gateways.length,
    connections: fleet.connections.length,
    tunnels: fleet.connections.reduce((sum, connection) => sum + connection.tunnels.length, 0),
  });
  return { fleet, customerGateways, secrets: matched.secrets, unusable, plans, restores };
}

/** What `RotateRequest.approved` is compared with. */
export function fingerprintOf({ ports }: Run, prepared: Prepared): string {
  return fingerprint(prepared, (text) => ports.random.sha256Hex(text));
}

interface Worked extends Pick<WorkedSecret, 'snapshot' | 'moves' | 'undone'> {
  readonly kind: 'worked';
  /** The hold does not count: what was held has been taken back, and a person asks again. */
  readonly released: boolean;
}

function asItIs(snapshot: SecretSnapshot): Worked {
  return { kind: 'worked', snapshot, moves: [], undone: false, released: false };
}

function takenBack(
  snapshot: SecretSnapshot,
): Worked | { readonly kind: 'none'; readonly reason: Reason } {
  const back = takeBackOf(snapshot);
  switch (back.kind) {
    case 'impossible':
      return { kind: 'none', reason: back.reason };
    case 'done':
      return { ...asItIs(snapshot), released: true };
    case 'undo':
    case 'return': {
      const { moves } = back;
      return {
        ...asItIs(relabelled(snapshot, moves)),
        moves,
        undone: back.kind === 'undo',
      };
    }
  }
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
  world: { readonly fleet: Fleet; readonly groups: ReadonlyMap<string, Group> },
  unusable: Map<string, Reason>,
): { readonly secrets: readonly WorkedSecret[]; readonly claims: readonly Claim[] } {
  const { fleet, groups } = world;
  const claimantOf = ({ aim }: WorkedSecret): Claimant => aim;
  const first = matchClaims(secrets.map(claimantOf), fleet, groups);
  if (first.faults.size === 0) return { secrets, claims: withSaved(first.groups, secrets) };
  for (const [name, fault] of first.faults) unusable.set(name, fault);
  const fitting = secrets.filter(({ aim }) => !first.faults.has(aim.secretName));
  const again = matchClaims(fitting.map(claimantOf), fleet, groups);
  return { secrets: fitting, claims: withSaved(again.groups, fitting) };
}

/** What a version that is gone back to leaves unnamed goes back too, as far as it was saved. */
function withSaved(claims: readonly Claim[], secrets: readonly WorkedSecret[]): readonly Claim[] {
  const records = secrets.flatMap(({ snapshot }) => {
    const saved = goesBack(snapshot) ? savedFor(snapshot.before, leftBehind(snapshot)) : null;
    return saved === null ? [] : [{ name: snapshot.name, tunnels: saved.tunnels }];
  });
  return claims.map((claim) => {
    const mine = records.filter(({ name }) =>
      claim.claimants.some(({ secretName }) => secretName === name),
    );
    if (mine.length === 0) return claim;
    const replaces = claim.claimants.some(
      ({ document }) => document.groupStrategy === 'replace-customer-gateway',
    );
    const wanted = [...claim.wanted].map(([tunnel, wish]) => {
      const saved = mine.flatMap(({ tunnels }) => tunnels.get(tunnel) ?? [])[0];
      return [tunnel, filledIn(wish, saved, replaces)] as const;
    });
    return { ...claim, wanted: new Map(wanted) };
  });
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
  // A version that is gone back to was stored long ago; when going back began is kept nowhere.
  if (goesBack(snapshot)) return false;
  return between(next.createdAt, now) > handover.followWithinHours * HOUR_MS;
}

/** What stored versions other than the one being applied say a tunnel had before it. */
export function statedBefore({ snapshot, aim }: WorkedSecret, ref: TunnelRef): Wanted | null {
  const saved = savedFor(snapshot.before, aim.versionId)?.tunnels.get(tunnelName(ref));
  if (saved !== undefined) return saved;
  const held = holderOf(snapshot, LABELS.held)?.versionId === aim.versionId;
  if (!aim.promote && !held) return null;
  const earlier = documentAt(snapshot, aim.promote ? LABELS.current : LABELS.previous);
  return earlier === null ? null : statedBy(earlier, ref);
}

function restoresOf(
  secrets: readonly WorkedSecret[],
  claims: readonly Claim[],
  plans: readonly GroupPlan[],
  now: EpochMs,
): readonly GroupPlan[] {
  const goingBack = new Map(
    secrets
      .filter(
        (secret) =>
          holderOf(secret.snapshot, LABELS.held)?.versionId === secret.aim.versionId ||
          isOverdue(secret, now),
      )
      .map((secret) => [secret.aim.secretName, secret]),
  );
  if (goingBack.size === 0) return [];
  const claimsByGroup = new Map(claims.map((claim) => [claim.group.id, claim]));
  return plans.flatMap((plan) => {
    const claim = claimsByGroup.get(plan.group.id);
    const mine = plan.secrets.flatMap(({ name }) => goingBack.get(name) ?? []);
    if (claim === undefined || mine.length === 0) return [];
    const stated = (ref: TunnelRef): Wanted | null => {
      for (const secret of mine) {
        const found = statedBefore(secret, ref);
        if (found !== null) return found;
      }
      return null;
    };
    return mine.some((secret) => secret.undone)
      ? planAskedRestore(plan, claim, stated)
      : (planRestore(plan, claim, stated) ?? []);
  });
}
