import { firstReason } from './checks.ts';
import type { Claim } from './claims.ts';
import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import { holds } from './compare.ts';
import type { Wanted } from './compare.ts';
import type { ProofRule } from './document.ts';
import { tunnelName } from './fleet.ts';
import type { Fleet, TunnelRef, VpnGateway } from './fleet.ts';
import { isBegun } from './group-plan.ts';
import type { GroupPlan, GroupRules, PlanVerdict } from './group-plan.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import { planStepwise } from './plan-stepwise.ts';
import { orderOf, stepOf, verifyStepOf } from './steps.ts';
import type { Step } from './steps.ts';

/** What the planner knows of the secret behind a claim besides the document itself. */
export interface ClaimState {
  readonly promote: boolean;
  readonly waiting: Reason | null;
  readonly held: Reason | null;
  /** Not null: a maintenance window is closed, and nothing is begun. */
  readonly closed: Reason | null;
  /** Whether a stepwise rotation has had its time. */
  readonly overdue: boolean;
  /** Key and settings a tunnel is believed to have when they cannot be read: from the current version. */
  believed(ref: TunnelRef): Wanted | null;
}

export interface PlanInput {
  readonly fleet: Fleet;
  readonly claims: readonly Claim[];
  readonly states: ReadonlyMap<string, ClaimState>;
}

/** Plans every claimed group. Pure: the same input gives the same plan. */
export function planGroups({ fleet, claims, states }: PlanInput): readonly GroupPlan[] {
  const gateways = new Map(
    fleet.gateways.map((gateway) => [`${gateway.regionId}/${gateway.vpnGatewayId}`, gateway]),
  );
  const plans = claims.map((claim) => planGroup(claim, gateways, states));
  return blockWholeDocuments(plans);
}

function planGroup(
  claim: Claim,
  gateways: ReadonlyMap<string, VpnGateway>,
  states: ReadonlyMap<string, ClaimState>,
): GroupPlan {
  const { group } = claim;
  const mine = claim.claimants.flatMap((claimant) => states.get(claimant.secretName) ?? []);
  const rules = strictest(claim);
  const promote = mine.some((state) => state.promote);
  const believed = (ref: TunnelRef): Wanted | null => {
    for (const state of mine) {
      const found = state.believed(ref);
      if (found !== null) return found;
    }
    return null;
  };
  const steps = claim.fault === null ? stepsOf(claim, promote, believed) : [];
  const gateway =
    group.vpnGatewayId === null
      ? null
      : (gateways.get(`${group.regionId}/${group.vpnGatewayId}`) ?? null);
  const plan = (verdict: PlanVerdict, why: Reason): GroupPlan => ({
    group,
    secrets: claim.claimants.map(({ secretName, versionId }) => ({ name: secretName, versionId })),
    verdict,
    reason: why,
    rules,
    wanted: claim.wanted,
    finish: 'converge',
    steps,
    carried: promote ? carriedSteps(claim, steps, believed) : [],
  });
  const held = mine.find((state) => state.held !== null)?.held;
  if (held) return plan('blocked', held);
  if (steps.length === 0 && claim.fault === null) {
    return everyHolds(claim)
      ? plan('converged', reason('in-place'))
      : plan('unknown', reason('keys-unreadable'));
  }
  const refused = firstReason({ claim, rules, gateway, steps });
  if (refused !== null) return plan('blocked', refused);
  const waiting = mine.find((state) => state.waiting !== null)?.waiting;
  if (waiting) return plan('waiting', waiting);
  const all = plan('ready', reason('ready'));
  const now =
    rules.stepwise !== null && promote
      ? planStepwise(all, { overdue: mine.some((state) => state.overdue) })
      : all;
  const closed = mine.find((state) => state.closed !== null)?.closed;
  return closed && now.verdict === 'ready' && !isBegun(now)
    ? { ...now, verdict: 'waiting', reason: closed }
    : now;
}

function wantedOf(claim: Claim, member: Member): Wanted {
  return claim.wanted.get(tunnelName(refOf(member))) ?? { key: null, settings: {} };
}

function everyHolds(claim: Claim): boolean {
  return claim.group.members.every(
    (member) => holds(member.tunnel, wantedOf(claim, member)) === 'yes',
  );
}

/**
 * The writes a group needs. A tunnel whose key cannot be read is written only for a next version: for a
 * current one nobody could tell whether the write is needed, and it would be repeated on every run.
 */
function stepsOf(
  claim: Claim,
  promote: boolean,
  believed: (ref: TunnelRef) => Wanted | null,
): readonly Step[] {
  const steps = claim.group.members.flatMap((member): Step[] => {
    const wanted = wantedOf(claim, member);
    const state = holds(member.tunnel, wanted);
    const earlier = believed(refOf(member));
    if (state === 'no' || (state === 'unknown' && promote))
      return [stepOf(member, wanted, earlier)];
    const unproven = promote && state === 'yes' && member.tunnel.sa !== 'up';
    return unproven && earlier !== null && holds(member.tunnel, earlier) === 'no'
      ? [verifyStepOf(member, wanted, earlier)]
      : [];
  });
  return steps
    .map((step) =>
      verifiedFirst(step, steps) ? { ...step, interrupts: 'switch-over' as const } : step,
    )
    .sort((a, b) => orderOf(a) - orderOf(b));
}

/** What earlier runs changed and this one need not touch. */
function carriedSteps(
  claim: Claim,
  steps: readonly Step[],
  believed: (ref: TunnelRef) => Wanted | null,
): readonly Step[] {
  const names = new Set(steps.map((step) => tunnelName(step.tunnel)));
  return claim.group.members.flatMap((member) => {
    const ref = refOf(member);
    const earlier = believed(ref);
    const wanted = wantedOf(claim, member);
    const changed =
      !names.has(tunnelName(ref)) &&
      earlier !== null &&
      holds(member.tunnel, wanted) === 'yes' &&
      holds(member.tunnel, earlier) === 'no';
    return changed ? [verifyStepOf(member, wanted, earlier)] : [];
  });
}

/** Whether the other tunnel of the connection is down only until its proof, which comes before this step. */
function verifiedFirst(step: Step, steps: readonly Step[]): boolean {
  return (
    step.interrupts === 'only-path' &&
    steps.some(
      (other) =>
        other.verifyOnly &&
        other.tunnel.vpnConnectionId === step.tunnel.vpnConnectionId &&
        other.tunnel.regionId === step.tunnel.regionId,
    )
  );
}

const STRICTNESS = { none: 0, established: 1, proven: 2 } as const;

function strictest(claim: Claim): GroupRules {
  const documents = claim.claimants.map((claimant) => claimant.document);
  const [first, ...rest] = documents;
  const proof = rest.reduce<ProofRule>(
    (best, { proof: other }) => ({
      require: STRICTNESS[other.require] > STRICTNESS[best.require] ? other.require : best.require,
      timeoutSeconds: Math.max(best.timeoutSeconds, other.timeoutSeconds),
    }),
    first?.proof ?? { require: 'established', timeoutSeconds: 300 },
  );
  const stepwise = documents.flatMap(({ handover }) =>
    handover.mode === 'stepwise' ? [handover.followWithinHours] : [],
  );
  return {
    proof,
    onFailure: documents.some((document) => document.onFailure === 'hold') ? 'hold' : 'restore',
    allowInterruption: documents.every((document) => document.allowInterruption),
    groupStrategy: documents.every(({ groupStrategy }) => groupStrategy !== 'in-place')
      ? 'replace-customer-gateway'
      : 'in-place',
    windows: documents.flatMap(({ window }) => window ?? []),
    stepwise: stepwise.length === 0 ? null : { followWithinHours: Math.min(...stepwise) },
  };
}

/**
 * A document is applied as a whole: while one of its groups is blocked, its other groups are not touched,
 * or the fleet would hold a key that no promoted version has for as long as the block lasts. What is
 * blocked by one document is so for every other that claims it.
 */
function blockWholeDocuments(plans: readonly GroupPlan[]): readonly GroupPlan[] {
  const blocked = new Map<string, string>();
  for (const plan of plans) {
    if (plan.verdict !== 'blocked') continue;
    for (const secret of plan.secrets) blocked.set(secret.name, plan.group.id);
  }
  const next = plans.map((plan): GroupPlan => {
    const by = plan.secrets
      .map((secret) => blocked.get(secret.name))
      .find((id) => id !== undefined);
    return plan.verdict === 'ready' && by !== undefined
      ? { ...plan, verdict: 'blocked', reason: reason('document-blocked', by) }
      : plan;
  });
  return next.some((plan, at) => plan !== plans[at]) ? blockWholeDocuments(next) : next;
}
