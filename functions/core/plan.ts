import { firstReason } from './checks.ts';
import type { Claim } from './claims.ts';
import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import { completed, differences, holds, restated } from './compare.ts';
import type { Field, Wanted } from './compare.ts';
import type { ProofRule } from './document.ts';
import { tunnelName } from './fleet.ts';
import type { Connection, Fleet, Role, Tunnel, TunnelRef, VpnGateway } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Group, Member } from './groups.ts';
import type { TunnelConfig, WriteCall } from './write.ts';

/** What a write of this tunnel takes away while it negotiates again. */
export type Interruption = 'nothing' | 'switch-over' | 'share-of-flows' | 'only-path';

/** One write to one tunnel: what it is before, what it shall be after. */
export interface Step {
  readonly tunnel: TunnelRef;
  readonly role: Role;
  readonly call: WriteCall;
  readonly wanted: Wanted;
  readonly before: TunnelConfig;
  readonly after: TunnelConfig;
  readonly changes: readonly Field[];
  /** Whether the tunnel is waited for. */
  readonly wasUp: boolean;
  readonly interrupts: Interruption;
  /** Written by an earlier run that did not live to see it come up: only proven, or put back. */
  readonly verifyOnly: boolean;
}

/** The options that hold for a group: the strictest of the documents that claim it. */
export interface GroupRules {
  readonly proof: ProofRule;
  readonly onFailure: 'restore' | 'hold';
  readonly allowInterruption: boolean;
  readonly stepwise: { readonly followWithinHours: number } | null;
  readonly replaceCustomerGateway: boolean;
}

export type PlanVerdict = 'ready' | 'converged' | 'unknown' | 'waiting' | 'blocked';

export interface GroupPlan {
  readonly group: Group;
  readonly secrets: readonly { readonly name: string; readonly versionId: string }[];
  readonly verdict: PlanVerdict;
  readonly reason: Reason;
  readonly rules: GroupRules;
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** In order: slaves before masters. Empty unless the verdict is `ready`, `blocked` or `waiting`. */
  readonly steps: readonly Step[];
}

/** What the planner knows of the secret behind a claim besides the document itself. */
export interface ClaimState {
  readonly promote: boolean;
  readonly waiting: Reason | null;
  readonly held: Reason | null;
  /** Key and settings a tunnel is believed to have when they cannot be read: from the current version. */
  believed(ref: TunnelRef): Wanted | null;
}

export interface PlanInput {
  readonly fleet: Fleet;
  readonly claims: readonly Claim[];
  readonly states: ReadonlyMap<string, ClaimState>;
}

/** Slaves first: they carry no traffic, so what is wrong shows there without harm. */
const ORDER: Readonly<Record<Role, number>> = { slave: 0, equal: 1, only: 1, master: 2 };

/** Steps that may be under way side by side: slaves first, masters last. */
export function phasesOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const phases = new Map<number, Step[]>();
  for (const step of steps) {
    const order = ORDER[step.role];
    phases.set(order, [...(phases.get(order) ?? []), step]);
  }
  return [...phases].sort(([a], [b]) => a - b).map(([, phase]) => phase);
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
    steps,
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
  return plan('ready', reason('ready'));
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
    .sort((a, b) => ORDER[a.role] - ORDER[b.role]);
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

function verifyStepOf(member: Member, wanted: Wanted, earlier: Wanted): Step {
  const { connection, tunnel } = member;
  return {
    tunnel: refOf(member),
    role: tunnel.role,
    call: writeCallOf(connection),
    wanted,
    before: { key: earlier.key, settings: { ...restated(tunnel), ...earlier.settings } },
    after: { key: wanted.key, settings: { ...restated(tunnel), ...wanted.settings } },
    changes: differences(tunnel, earlier),
    wasUp: true,
    interrupts: 'nothing',
    verifyOnly: true,
  };
}

function stepOf(member: Member, wanted: Wanted, believed: Wanted | null): Step {
  const { connection, tunnel } = member;
  const before = completed(tunnel, { key: null, settings: {} });
  const key = before.key ?? believed?.key ?? null;
  const beforeGateway =
    wanted.settings.customerGatewayId === undefined
      ? {}
      : { customerGatewayId: tunnel.customerGatewayId };
  const after = completed(tunnel, wanted);
  return {
    tunnel: refOf(member),
    role: tunnel.role,
    call: writeCallOf(connection),
    wanted,
    before: { key, settings: { ...restated(tunnel), ...beforeGateway } },
    after: { key: after.key ?? key, settings: after.settings },
    changes: differences(tunnel, wanted),
    wasUp: tunnel.sa === 'up',
    interrupts: interruptionOf(connection, tunnel),
    verifyOnly: false,
  };
}

/** Which call reaches this tunnel. Source: API pages of the three calls, read November 2026. */
export function writeCallOf(connection: Connection): WriteCall {
  switch (connection.kind) {
    case 'dual-tunnel':
      return 'ModifyTunnelAttribute';
    case 'single-tunnel':
      return 'ModifyVpnConnectionAttribute';
    case 'attachment':
      return 'ModifyVpnAttachmentAttribute';
  }
}

/** What is cut while the tunnel negotiates again; nothing is, where the tunnel is down already. */
export function interruptionOf(connection: Connection, tunnel: Tunnel): Interruption {
  if (tunnel.sa !== 'up') return 'nothing';
  const partners = connection.tunnels.filter((other) => other !== tunnel);
  if (!partners.some((partner) => partner.sa === 'up')) return 'only-path';
  switch (tunnel.role) {
    case 'slave':
      return 'nothing';
    case 'equal':
      return 'share-of-flows';
    case 'master':
    case 'only':
      return 'switch-over';
  }
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
    stepwise: stepwise.length === 0 ? null : { followWithinHours: Math.min(...stepwise) },
    replaceCustomerGateway: documents.every(
      (document) => document.groupStrategy === 'replace-customer-gateway',
    ),
  };
}

/**
 * A document is applied as a whole: while one of its groups is blocked, its other groups are not touched,
 * or the fleet would hold a key that no promoted version has for as long as the block lasts.
 */
function blockWholeDocuments(plans: readonly GroupPlan[]): readonly GroupPlan[] {
  const blocked = new Map<string, string>();
  for (const plan of plans) {
    if (plan.verdict !== 'blocked') continue;
    for (const secret of plan.secrets) blocked.set(secret.name, plan.group.id);
  }
  return plans.map((plan) => {
    const by = plan.secrets
      .map((secret) => blocked.get(secret.name))
      .find((id) => id !== undefined);
    return plan.verdict === 'ready' && by !== undefined
      ? { ...plan, verdict: 'blocked', reason: reason('document-blocked', by) }
      : plan;
  });
}
