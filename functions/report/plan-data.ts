import { CODES } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { readSetting } from '../core/compare.ts';
import type { Field } from '../core/compare.ts';
import { expectedDuration } from '../core/expected-duration.ts';
import type { Fleet, Role, Tunnel, TunnelRef } from '../core/fleet.ts';
import { runOrder, waitsForTime } from '../core/group-plan.ts';
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
  /** `region/gateway/customer gateway`, or the connection in the gateway's place for attachments. */
  readonly id: string;
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly verdict: PlanVerdict;
  readonly reason: Reason;
  /** `restore`: the steps take tunnels of a held version back to what they were. */
  readonly direction: 'apply' | 'restore';
  readonly secrets: readonly string[];
  readonly steps: readonly PlannedStep[];
  /** What they would take alone; a guess, since nobody documents how long a change takes. */
  readonly expectedSeconds: ExpectedSeconds;
}

export interface ExpectedSeconds {
  readonly least: number;
  readonly most: number;
}

/** What a run would do, as `keyturn plan --json` prints it. */
export interface PlanData {
  readonly schema: 'keyturn/plan/1';
  /** In the order of a run: the first that is ready is the canary. */
  readonly groups: readonly PlannedGroup[];
  /** Everything that was read for it. */
  readonly secrets: readonly string[];
  /** For the whole run. */
  readonly expectedSeconds: ExpectedSeconds;
  /** Secrets from which nothing can be applied, and why. */
  readonly unusable: readonly { readonly name: string; readonly reason: Reason }[];
}

export function planData(prepared: Prepared): PlanData {
  const { fleet, restores } = prepared;
  const secrets = new Map(prepared.secrets.map((secret) => [secret.aim.secretName, secret]));
  const isRestored = (plan: GroupPlan): boolean =>
    restores.some(({ group }) => group.id === plan.group.id);
  const applied = runOrder(prepared.plans.filter((plan) => !isRestored(plan)));
  return {
    schema: 'keyturn/plan/1',
    groups: [
      ...restores.map((plan) => plannedGroup({ plan, direction: 'restore', fleet, secrets })),
      ...applied.map((plan) => plannedGroup({ plan, direction: 'apply', fleet, secrets })),
    ],
    secrets: [...secrets.keys(), ...prepared.unusable.keys()].toSorted(),
    expectedSeconds: inSeconds([
      ...restores,
      ...applied.filter((plan) => plan.verdict === 'ready' || waitsForTime(plan)),
    ]),
    unusable: [...prepared.unusable].map(([name, reason]) => ({ name, reason })),
  };
}

function inSeconds(plans: readonly GroupPlan[]): ExpectedSeconds {
  const { least, most } = expectedDuration(plans);
  return { least: least / 1000, most: most / 1000 };
}

/** 0: a run could do all of it; 3: something waits; 4 or 2: a check or a read stands in the way. */
export function planExit(plan: Pick<PlanData, 'groups' | 'unusable'>): 0 | 2 | 3 | 4 {
  const reasons = [...plan.groups, ...plan.unusable].map(({ reason }) => CODES[reason.code].exit);
  if (reasons.includes(2)) return 2;
  if (reasons.includes(4)) return 4;
  return reasons.includes(3) ? 3 : 0;
}

/** A group's plan with all that its steps are told from. */
interface Source {
  readonly plan: GroupPlan;
  readonly direction: 'apply' | 'restore';
  readonly fleet: Fleet;
  readonly secrets: ReadonlyMap<string, WorkedSecret>;
}

function plannedGroup(source: Source): PlannedGroup {
  const { plan, direction } = source;
  const { id, regionId, vpnGatewayId, customerGatewayId } = plan.group;
  return {
    id,
    regionId,
    vpnGatewayId,
    customerGatewayId,
    verdict: plan.verdict,
    reason: plan.reason,
    direction,
    secrets: plan.secrets.map(({ name }) => name),
    steps: plan.steps.map((step) => plannedStep(step, source)),
    expectedSeconds: inSeconds([plan]),
  };
}

function plannedStep(step: Step, source: Source): PlannedStep {
  const { vpnConnectionId, tunnelId } = step.tunnel;
  return {
    vpnConnectionId,
    tunnelId,
    role: step.role,
    call: step.call,
    changes: step.changes.map((field) =>
      field === 'key' ? keyChange(source) : settingChange(step, source, field),
    ),
    interrupts: step.interrupts,
    verifyOnly: step.verifyOnly,
  };
}

function keyChange({ plan, direction, secrets }: Source): PlannedChange {
  const [first] = plan.secrets;
  const secret = first === undefined ? undefined : secrets.get(first.name);
  const current = secret?.aim.promote === true ? secret.currentVersionId : null;
  const earlier = current === null ? 'the live key' : `version ${current}`;
  const wanted = `version ${first?.versionId ?? '?'}`;
  return direction === 'apply'
    ? { field: 'key', from: earlier, to: wanted }
    : { field: 'key', from: wanted, to: 'the key before it' };
}

function settingChange(
  step: Step,
  { direction, fleet }: Source,
  field: Exclude<Field, 'key'>,
): PlannedChange {
  const tunnel = tunnelAt(fleet, step.tunnel);
  const live = tunnel === undefined ? step.before.settings[field] : readSetting(tunnel, field);
  const after = direction === 'apply' ? step.wanted : step.before;
  return { field, from: shown(field, live), to: shown(field, after.settings[field]) };
}

function tunnelAt(fleet: Fleet, ref: TunnelRef): Tunnel | undefined {
  return fleet.connections
    .find(
      ({ regionId, vpnConnectionId }) =>
        regionId === ref.regionId && vpnConnectionId === ref.vpnConnectionId,
    )
    ?.tunnels.find(({ tunnelId }) => tunnelId === ref.tunnelId);
}

function shown(field: Field, value: string | number | boolean | undefined): string {
  if (value === undefined) return 'not readable';
  return field === 'remoteCaCertificate' ? 'a certificate' : String(value);
}
