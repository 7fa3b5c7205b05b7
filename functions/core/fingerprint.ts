import type { Reason } from './codes.ts';
import { SETTING_NAMES, holds, readSetting } from './compare.ts';
import { waitsForTime } from './group-plan.ts';
import type { GroupPlan } from './group-plan.ts';
import { tunnelName } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { SecretVersion } from './versions.ts';

/** All that a plan was made from and all that it says. */
export interface PlannedState {
  readonly secrets: readonly {
    readonly snapshot: { readonly name: string; readonly versions: readonly SecretVersion[] };
    readonly aim: {
      readonly versionId: string;
      readonly waiting: Reason | null;
      readonly held: Reason | null;
    };
  }[];
  readonly unusable: ReadonlyMap<string, Reason>;
  readonly plans: readonly GroupPlan[];
  readonly restores: readonly GroupPlan[];
}

/**
 * 64 hex digits that are the same as long as a plan would do the same for the same reasons: labels, what
 * each tunnel shows, verdicts and steps. Of a key only whether the tunnel holds the wanted one goes in, so
 * that nobody can guess a key from the fingerprint. A document is known by its VersionId, whose data never
 * changes. Order of reading does not count.
 */
export function fingerprint(state: PlannedState, sha256Hex: (text: string) => string): string {
  const secrets = state.secrets.map(({ snapshot, aim }) => [
    snapshot.name,
    aim.versionId,
    labelled(snapshot.versions),
    aim.waiting?.code === 'not-before' ? null : (aim.waiting?.code ?? null),
    aim.held?.code ?? null,
  ]);
  const unusable = [...state.unusable].map(([name, { code }]) => [name, code]);
  const groups = [
    ...state.restores.map((plan) => ['restore', ...groupState(plan)]),
    ...state.plans.map((plan) => ['apply', ...groupState(plan)]),
  ];
  return sha256Hex(JSON.stringify([secrets, unusable, groups].map(inOrder)));
}

function labelled(versions: readonly SecretVersion[]): readonly unknown[] {
  const carrying = versions.filter(({ labels }) => labels.length > 0);
  return inOrder(carrying.map(({ versionId, labels }) => [versionId, labels.toSorted()]));
}

function groupState(plan: GroupPlan): readonly unknown[] {
  return [
    plan.group.id,
    // A plan is made by day for a window at night: that it opens does not make it another plan.
    ...(waitsForTime(plan) ? ['ready', 'ready'] : [plan.verdict, plan.reason.code]),
    plan.finish,
    inOrder(plan.secrets.map(({ name, versionId }) => [name, versionId])),
    // In the order in which they would be taken.
    plan.steps.map(({ tunnel, call, changes, interrupts, verifyOnly }) => [
      tunnelName(tunnel),
      call,
      changes,
      interrupts,
      verifyOnly,
    ]),
    inOrder(plan.group.members.map((member) => memberState(member, plan))),
  ];
}

function memberState(member: Member, { wanted }: GroupPlan): readonly unknown[] {
  const { tunnel } = member;
  const name = tunnelName(refOf(member));
  const key = wanted.get(name)?.key ?? null;
  return [
    name,
    tunnel.role,
    tunnel.sa,
    holds(tunnel, { key, settings: {} }),
    SETTING_NAMES.map((setting) => readSetting(tunnel, setting) ?? null),
  ];
}

function inOrder(items: readonly unknown[]): readonly unknown[] {
  const texts = items.map((item) => [JSON.stringify(item), item] as const);
  return texts.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
