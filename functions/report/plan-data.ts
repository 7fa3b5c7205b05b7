import { CODES } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { readSetting } from '../core/compare.ts';
import type { Field } from '../core/compare.ts';
import type { Fleet, Role, Tunnel } from '../core/fleet.ts';
import { runOrder } from '../core/group-plan.ts';
import type { GroupPlan, PlanVerdict } from '../core/group-plan.ts';
import type { Interruption, Step } from '../core/steps.ts';
import type { WriteCall } from '../core/write.ts';
import type { Prepared, WorkedSecret } from '../run/prepare.ts';

/** Old and new value of one field. Keys are version ids, certificates only say that there is one. */
export interface PlannedChange {
  readonly field: Field;
  readonly from: string;
  readonly to: string;
}

export interface PlannedStep {
  readonly vpnConnectionId: string;
  readonly tunnelId: string | null;
  readonly role: Role;
  readonly call: WriteCall;
  readonly changes: readonly PlannedChange[];
  readonly interrupts: Interruption;
  /** Written by an earlier run: only proven, or put back. */
  readonly verifyOnly: boolean;
}

export interface PlannedGroup {
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly verdict: PlanVerdict;
  readonly reason: Reason;
  readonly secrets: readonly string[];
  readonly steps: readonly PlannedStep[];
}

/** What a run would do, as `keyturn plan --json` prints it. */
export interface PlanData {
  readonly schema: 'keyturn/plan/1';
  /** In the order of a run: the first that is ready is the canary. */
  readonly groups: readonly PlannedGroup[];
  /** Secrets from which nothing can be applied, and why. */
  readonly unusable: readonly { readonly name: string; readonly reason: Reason }[];
}

export function planData(prepared: Prepared): PlanData {
  const secrets = new Map(prepared.secrets.map((secret) => [secret.aim.secretName, secret]));
  return {
    schema: 'keyturn/plan/1',
    groups: runOrder(prepared.plans).map((plan) => plannedGroup(plan, prepared.fleet, secrets)),
    unusable: [...prepared.unusable].map(([name, reason]) => ({ name, reason })),
  };
}

/** 0: a run could do all of it; 3: something waits; 4 or 2: a check or a read stands in the way. */
export function planExit(plan: PlanData): 0 | 2 | 3 | 4 {
  const reasons = [...plan.groups, ...plan.unusable].map(({ reason }) => CODES[reason.code].exit);
  if (reasons.includes(2)) return 2;
  if (reasons.includes(4)) return 4;
  return reasons.includes(3) ? 3 : 0;
}

function plannedGroup(
  plan: GroupPlan,
  fleet: Fleet,
  secrets: ReadonlyMap<string, WorkedSecret>,
): PlannedGroup {
  const { regionId, vpnGatewayId, customerGatewayId } = plan.group;
  return {
    regionId,
    vpnGatewayId,
    customerGatewayId,
    verdict: plan.verdict,
    reason: plan.reason,
    secrets: plan.secrets.map(({ name }) => name),
    steps: plan.steps.map((step) => plannedStep(step, plan, fleet, secrets)),
  };
}

function plannedStep(
  step: Step,
  plan: GroupPlan,
  fleet: Fleet,
  secrets: ReadonlyMap<string, WorkedSecret>,
): PlannedStep {
  const { vpnConnectionId, tunnelId } = step.tunnel;
  const tunnel = fleet.connections
    .find(
      (connection) =>
        connection.regionId === step.tunnel.regionId &&
        connection.vpnConnectionId === vpnConnectionId,
    )
    ?.tunnels.find((candidate) => candidate.tunnelId === tunnelId);
  return {
    vpnConnectionId,
    tunnelId,
    role: step.role,
    call: step.call,
    changes: step.changes.map((field) =>
      field === 'key' ? keyChange(plan, secrets) : settingChange(step, tunnel, field),
    ),
    interrupts: step.interrupts,
    verifyOnly: step.verifyOnly,
  };
}

function keyChange(plan: GroupPlan, secrets: ReadonlyMap<string, WorkedSecret>): PlannedChange {
  const [first] = plan.secrets;
  const secret = first === undefined ? undefined : secrets.get(first.name);
  const current = secret?.aim.promote === true ? secret.currentVersionId : null;
  const from = current === null ? 'the live key' : `version ${current}`;
  return { field: 'key', from, to: `version ${first?.versionId ?? '?'}` };
}

function settingChange(
  step: Step,
  tunnel: Tunnel | undefined,
  field: Exclude<Field, 'key'>,
): PlannedChange {
  const before = tunnel === undefined ? step.before.settings[field] : readSetting(tunnel, field);
  const after = step.wanted.settings[field];
  return { field, from: shown(field, before), to: shown(field, after) };
}

function shown(field: Field, value: string | number | boolean | undefined): string {
  if (value === undefined) return 'not readable';
  return field === 'remoteCaCertificate' ? 'a certificate' : String(value);
}
