import { AUDIT_CODES } from './audit-codes.ts';
import type { AuditCode, Level } from './audit-codes.ts';
import { judge } from './baselines.ts';
import type { Baseline, Judgement } from './baselines.ts';
import type { Reason } from './codes.ts';
import { holds, sharesIke } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { Fleet, Tunnel } from './fleet.ts';
import { groupsOf, refOf } from './groups.ts';
import type { Group, Member } from './groups.ts';
import type { SettingName } from './parameters.ts';
import type { Redacted } from './redacted.ts';
import { statedBy } from './stated.ts';
import { between } from './units.ts';
import type { EpochMs } from './units.ts';
import { LABELS, documentAt, holderOf } from './versions.ts';
import type { SecretSnapshot } from './versions.ts';

/** `unknown`: it could not be read. */
export type AuditVerdict = 'pass' | 'warn' | 'fail' | 'unknown';

export interface Finding {
  readonly code: AuditCode;
  readonly level: Level;
  /** The tunnels it is about; empty where it is about the group or secret as a whole. */
  readonly tunnels: readonly string[];
  /** Where, how long, which label; never a key nor anything made from one. */
  readonly detail: string;
  /** Only for crypto: what the baselines say against the value. */
  readonly crypto?: {
    readonly setting: SettingName;
    readonly value: string | number;
    readonly against: readonly Omit<Judgement, 'setting' | 'value'>[];
  };
}

export interface AuditedGroup {
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly verdict: AuditVerdict;
  /** The documents that name its tunnels. */
  readonly secrets: readonly string[];
  /** Whole days since the oldest of their current versions was stored; null where there is none. */
  readonly keyAgeDays: number | null;
  readonly findings: readonly Finding[];
}

export interface AuditedSecret {
  readonly name: string;
  readonly verdict: AuditVerdict;
  readonly currentVersionId: string | null;
  readonly keyAgeDays: number | null;
  readonly rotateEveryDays: number | null;
  /** From when on a run generates the next keys; null where Keyturn never does. */
  readonly dueAt: EpochMs | null;
  readonly versions: number;
  readonly findings: readonly Finding[];
}

/** A secret that could be read. `full`: another version could push out one that is needed. */
export interface ReadSecret {
  readonly snapshot: SecretSnapshot;
  readonly waiting: Reason | null;
  readonly full: boolean;
}

export interface AuditInput {
  readonly fleet: Fleet;
  readonly secrets: readonly ReadSecret[];
  readonly unusable: ReadonlyMap<string, Reason>;
  readonly now: EpochMs;
  readonly maxAgeDays: number;
  /** Those that decide; the others are only noted. */
  readonly baselines: readonly Baseline[];
}

const DAY_MS = 86_400_000;

/** Judges every group of the fleet and every secret. Pure. */
export function audit(input: AuditInput): {
  readonly groups: readonly AuditedGroup[];
  readonly secrets: readonly AuditedSecret[];
} {
  const groups = [...groupsOf(input.fleet).values()];
  const shared = sharedKeys(groups);
  return {
    groups: groups.map((group) => auditGroup(input, group, shared.get(group) ?? [])),
    secrets: [
      ...input.secrets.map((secret) => auditSecret(input, secret)),
      ...[...input.unusable].map(([name, why]) => unreadable(name, why)),
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The worst of its parts: a failure before what is unknown, that before a warning. */
export function worst(verdicts: readonly AuditVerdict[]): AuditVerdict {
  const order: readonly AuditVerdict[] = ['fail', 'unknown', 'warn'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

const found = (code: AuditCode, detail: string, members: readonly Member[] = []): Finding => ({
  code,
  level: AUDIT_CODES[code].level,
  tunnels: members.map((member) => tunnelName(refOf(member))),
  detail,
});

function verdictOf(findings: readonly Finding[]): AuditVerdict {
  return worst(findings.map(({ level }) => (level === 'note' ? 'pass' : level)));
}

function ageDays(since: EpochMs, now: EpochMs): number {
  return Math.floor(between(since, now) / DAY_MS);
}

function auditSecret(input: AuditInput, { snapshot, waiting, full }: ReadSecret): AuditedSecret {
  const { name } = snapshot;
  const current = holderOf(snapshot, LABELS.current);
  const document = documentAt(snapshot, LABELS.current);
  const next = holderOf(snapshot, LABELS.next);
  const held = holderOf(snapshot, LABELS.held);
  const age = current === null ? null : ageDays(current.createdAt, input.now);
  const every = document?.rotateEveryDays ?? null;
  const due = every === null || current === null ? null : current.createdAt + every * DAY_MS;
  const findings: Finding[] = [];
  if (age !== null && age > input.maxAgeDays) findings.push(found('key-too-old', `${age} days`));
  if (due !== null && due <= input.now) findings.push(found('rotation-due', `${age} days`));
  if (document !== null && every === null) findings.push(found('no-period', name));
  if (held !== null) findings.push(found('held', `version ${held.versionId}`));
  if (full) findings.push(found('versions-full', `${snapshot.versions.length} versions`));
  if (next !== null && next !== current) {
    const why = waiting === null ? '' : `: ${waiting.code} ${waiting.detail}`;
    findings.push(found('next-waiting', `version ${next.versionId}${why}`));
  }
  return {
    name,
    verdict: verdictOf(findings),
    currentVersionId: current?.versionId ?? null,
    keyAgeDays: age,
    rotateEveryDays: every,
    dueAt: due as EpochMs | null,
    versions: snapshot.versions.length,
    findings,
  };
}

function unreadable(name: string, why: Reason): AuditedSecret {
  return {
    name,
    verdict: 'unknown',
    currentVersionId: null,
    keyAgeDays: null,
    rotateEveryDays: null,
    dueAt: null,
    versions: 0,
    findings: [found('unreadable', `${why.code}: ${why.detail}`)],
  };
}

function auditGroup(input: AuditInput, group: Group, sharing: readonly Group[]): AuditedGroup {
  const { regionId, vpnGatewayId, customerGatewayId, members } = group;
  const naming = input.secrets.filter(({ snapshot }) =>
    members.some((member) => statedIn(snapshot, member).length > 0),
  );
  const ages = naming.flatMap(({ snapshot }) => {
    const current = holderOf(snapshot, LABELS.current);
    return current === null ? [] : [ageDays(current.createdAt, input.now)];
  });
  const findings = [
    ...tunnelFindings(members, naming),
    ...(sharing.length === 0 ? [] : [found('key-shared', sharing.map(({ id }) => id).join(', '))]),
    ...cryptoFindings(members, input.baselines),
  ];
  return {
    regionId,
    vpnGatewayId,
    customerGatewayId,
    verdict: verdictOf(findings),
    secrets: naming.map(({ snapshot }) => snapshot.name),
    keyAgeDays: ages.length === 0 ? null : Math.max(...ages),
    findings,
  };
}

/** What the current and the next document say of a tunnel. */
function statedIn(snapshot: SecretSnapshot, member: Member) {
  return [LABELS.current, LABELS.next].flatMap((label) => {
    const document = documentAt(snapshot, label);
    return (document === null ? null : statedBy(document, refOf(member))) ?? [];
  });
}

function tunnelFindings(
  members: readonly Member[],
  naming: readonly ReadSecret[],
): readonly Finding[] {
  const about = (code: AuditCode, which: readonly Member[]): readonly Finding[] =>
    which.length === 0 ? [] : [found(code, '', which)];
  const statedFor = (member: Member) =>
    naming.flatMap(({ snapshot }) => statedIn(snapshot, member));
  const up = ({ sa }: Tunnel): boolean => sa === 'up';
  const down = members.filter(({ tunnel }) => !up(tunnel));
  const cut = down.filter(({ connection }) => !connection.tunnels.some(up));
  return [
    ...about(
      'no-document',
      members.filter((member) => statedFor(member).length === 0),
    ),
    ...about(
      'not-as-stored',
      members.filter((member) => {
        const stated = statedFor(member);
        return stated.length > 0 && stated.every((one) => holds(member.tunnel, one) === 'no');
      }),
    ),
    ...about(
      'ike-differs',
      members.filter((member) => differsFromAnother(member, members)),
    ),
    ...about(
      'key-unreadable',
      members.filter(({ tunnel }) => tunnel.key.kind !== 'readable'),
    ),
    ...about('connection-down', cut),
    ...about(
      'tunnel-down',
      down.filter((member) => !cut.includes(member)),
    ),
  ];
}

/** The rule holds between connections: the two tunnels of one may differ, and so may masters from slaves. */
function differsFromAnother(member: Member, members: readonly Member[]): boolean {
  return members.some(
    (other) =>
      other.connection !== member.connection &&
      other.tunnel.role === member.tunnel.role &&
      !sharesIke(asItIs(other.tunnel), asItIs(member.tunnel)),
  );
}

const keyOf = ({ key }: Tunnel): Redacted | null => (key.kind === 'readable' ? key.key : null);

const asItIs = (tunnel: Tunnel) => ({
  tunnel,
  wanted: { key: keyOf(tunnel), settings: tunnel.settings },
});

/** For each group the other groups, of other customer gateways, on which the same key is seen. */
function sharedKeys(groups: readonly Group[]): ReadonlyMap<Group, readonly Group[]> {
  const seen: { readonly key: Redacted; readonly groups: Set<Group> }[] = [];
  for (const group of groups) {
    for (const { tunnel } of group.members) {
      const key = keyOf(tunnel);
      if (key === null) continue;
      const known = seen.find((one) => one.key.equals(key));
      if (known === undefined) seen.push({ key, groups: new Set([group]) });
      else known.groups.add(group);
    }
  }
  return new Map(
    groups.map((group) => {
      const others = seen
        .filter((one) => one.groups.has(group))
        .flatMap((one) => [...one.groups])
        .filter(({ customerGatewayId }) => customerGatewayId !== group.customerGatewayId);
      return [group, [...new Set(others)]];
    }),
  );
}

/** One finding for each value that a baseline has something against, with the tunnels that have it. */
function cryptoFindings(
  members: readonly Member[],
  deciding: readonly Baseline[],
): readonly Finding[] {
  const byValue = new Map<string, { against: Judgement[]; members: Set<Member> }>();
  for (const member of members) {
    for (const judgement of judge(member.tunnel.settings)) {
      const name = `${judgement.setting} ${judgement.value}`;
      const known = byValue.get(name) ?? { against: [], members: new Set<Member>() };
      byValue.set(name, known);
      known.members.add(member);
      const repeated = known.against.some(
        ({ baseline, source }) => baseline === judgement.baseline && source === judgement.source,
      );
      if (!repeated) known.against.push(judgement);
    }
  }
  return [...byValue].flatMap(([name, { against, members: which }]): Finding[] => {
    const [first] = against;
    if (first === undefined) return [];
    const { setting, value } = first;
    const listed = against.map(({ baseline, judged, source, confirmed }) => ({
      baseline,
      judged,
      source,
      confirmed,
    }));
    const code = codeOf(against, deciding);
    if (code === null) return [];
    return [{ ...found(code, name, [...which]), crypto: { setting, value, against: listed } }];
  });
}

/** Null: nothing that counts has anything against it but that it is the least it allows. */
function codeOf(against: readonly Judgement[], deciding: readonly Baseline[]): AuditCode | null {
  const counting = against.filter(({ baseline }) => deciding.includes(baseline));
  if (counting.some(({ judged }) => judged === 'prohibited')) return 'crypto-prohibited';
  if (counting.some(({ judged }) => judged === 'weak')) return 'crypto-weak';
  return counting.some(({ judged }) => judged === 'unattainable') ? 'crypto-unattainable' : null;
}
