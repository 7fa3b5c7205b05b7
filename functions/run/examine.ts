import { callerFault, gatewayChecks, permission, settledByFleet } from '../core/examination.ts';
import type { Check, CheckState, Settled } from '../core/examination.ts';
import { CODES } from '../core/codes.ts';
import type { Outcome } from '../core/failure.ts';
import type { Fleet, TunnelRef } from '../core/fleet.ts';
import { Redacted } from '../core/redacted.ts';
import { after, minutes } from '../core/units.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import type { SecretVersion } from '../core/versions.ts';
import type { WriteCall } from '../core/write.ts';
import { writeCallOf } from '../core/steps.ts';
import { hex } from './context.ts';
import type { Run } from './context.ts';
import { gatherFleet, gatherSecret } from './gather.ts';
import type { GatheredSecret } from './gather.ts';
import { PAGE_SIZE, namesWith } from './pages.ts';
import { reliably } from './retry.ts';

export interface Examination {
  readonly checks: readonly Check[];
  readonly settled: readonly Settled[];
}

/** Which secrets, as in KEYTURN_SECRETS, and what belongs to them. */
export interface Subject {
  readonly secrets: readonly string[];
  readonly leaseSecret: string | null;
  /** Regions to look at besides those that the documents name. */
  readonly regions: readonly string[];
}

/**
 * Looks at everything that a run depends on. Writes nothing: where a permission to write is looked at, the
 * call is about something that does not exist.
 */
export async function examine(run: Run, subject: Subject): Promise<Examination> {
  const listing = await listNames(run, subject.secrets);
  const caller = listing.outcome.kind === 'ok' ? null : callerFault(listing.outcome.error);
  if (caller !== null) return { checks: [caller], settled: [] };
  const { names } = listing;
  const secrets = await Promise.all(names.map((name) => gatherSecret(run, name, false)));
  const regions = [...new Set([...subject.regions, ...secrets.flatMap(regionsIn)])].sort();
  const { fleet } = await gatherFleet(run, regions);
  const reads = await readPermissions(run, { name: names[0] ?? null, regions, fleet });
  return {
    checks: [
      ...(listing.asked ? [permission('kms:ListSecrets', listing.outcome, 'what is there')] : []),
      ...reads.checks,
      ...(await writePermissions(run, subject, { names, regions, fleet })),
      ...secrets.map(secretCheck),
      await leaseCheck(run, subject.leaseSecret),
      ...secrets.flatMap(versionCheck),
      ...gatewayChecks(fleet),
    ],
    settled: [...settledByFleet(fleet), reads.logs],
  };
}

async function listNames(
  run: Run,
  wanted: readonly string[],
): Promise<{ names: readonly string[]; asked: boolean; outcome: Outcome<unknown> }> {
  const prefix = wanted.find((name) => name.endsWith('*'));
  if (prefix === undefined) {
    const [first] = wanted;
    const outcome =
      first === undefined
        ? await namesWith(run, '')
        : await reliably(run, () => run.ports.secrets.listVersions(first));
    return { names: wanted, asked: first === undefined, outcome };
  }
  const outcome = await namesWith(run, prefix.slice(0, -1));
  return { names: outcome.kind === 'ok' ? outcome.value : [], asked: true, outcome };
}

function regionsIn(secret: GatheredSecret): readonly string[] {
  if (secret.kind === 'none') return [];
  return [...secret.snapshot.documents.values()].flatMap((parsed) =>
    parsed.kind === 'document' ? parsed.document.targets.map(({ regionId }) => regionId) : [],
  );
}

/** One call of every read that a run makes. */
async function readPermissions(
  run: Run,
  { name, regions, fleet }: { name: string | null; regions: readonly string[]; fleet: Fleet },
): Promise<{ readonly checks: readonly Check[]; readonly logs: Settled }> {
  const checks: Check[] = [];
  const { secrets, vpn } = run.ports;
  const add = (action: string, outcome: Outcome<unknown>): void =>
    void checks.push(permission(action, outcome, 'what is there'));
  if (name !== null) {
    const versions = await reliably(run, () => secrets.listVersions(name));
    add('kms:ListSecretVersionIds', versions);
    const current =
      versions.kind === 'ok' ? holderOf({ versions: versions.value }, LABELS.current) : null;
    if (current !== null) {
      add(
        'kms:GetSecretValue',
        await reliably(run, () => secrets.readVersion(name, current.versionId)),
      );
    }
  }
  checks.push(...(await listPermissions(run, regions)));
  const tunnel = firstTunnel(fleet);
  if (tunnel === null) return { checks, logs: logsSettled(null) };
  const to = run.ports.clock.now();
  const from = after(to, minutes(-60));
  const lines = await reliably(run, () => vpn.readLogs({ ...tunnel, from, to }));
  add('vpc:DescribeVpnConnectionLogs', lines);
  return { checks, logs: logsSettled(lines.kind === 'ok' ? lines.value.length : null) };
}

/** One check an action where all regions answer alike, else one for each region that does not. */
async function listPermissions(run: Run, regions: readonly string[]): Promise<readonly Check[]> {
  const { vpn } = run.ports;
  const first = (regionId: string) => ({ regionId, pageNumber: 1, pageSize: PAGE_SIZE });
  const lists: Readonly<Record<string, (regionId: string) => Promise<Outcome<unknown>>>> = {
    DescribeVpnGateways: (regionId) => vpn.listVpnGateways(first(regionId)),
    DescribeVpnConnections: (regionId) => vpn.listVpnConnections(first(regionId)),
    DescribeCustomerGateways: (regionId) => vpn.listCustomerGateways(first(regionId)),
  };
  const checks: Check[] = [];
  for (const [action, call] of Object.entries(lists)) {
    const asked = await Promise.all(
      regions.map(async (regionId) => {
        const outcome = await reliably(run, () => call(regionId));
        return permission(`vpc:${action} in ${regionId}`, outcome, 'what is there');
      }),
    );
    const bad = asked.filter(({ state }) => state !== 'ok');
    const [any] = asked;
    if (bad.length > 0) checks.push(...bad);
    else if (any !== undefined) {
      const where = regions.length === 1 ? regions.join('') : `${regions.length} regions`;
      checks.push({ ...any, what: `vpc:${action}`, found: `allowed in ${where}` });
    }
  }
  return checks;
}

function logsSettled(lines: number | null): Settled {
  return {
    unknown: 'negotiation logs',
    answer: lines === null || lines === 0 ? null : 'there',
    because:
      lines === null ? 'none could be read' : `${lines} lines in the last hour of one tunnel`,
  };
}

function firstTunnel({ connections }: Fleet): TunnelRef | null {
  for (const { regionId, vpnConnectionId, tunnels } of connections) {
    const [tunnel] = tunnels;
    if (tunnel !== undefined) return { regionId, vpnConnectionId, tunnelId: tunnel.tunnelId };
  }
  return null;
}

/** Ids that the service cannot have given: its own have no dashes after the first. */
const NOWHERE = { vpnConnectionId: 'vco-keyturn-doctor', tunnelId: 'tun-keyturn-doctor' } as const;
const NO_SECRET = 'keyturn-doctor-no-such-secret';

async function writePermissions(
  run: Run,
  { secrets: wanted }: Subject,
  { names, regions, fleet }: { names: readonly string[]; regions: readonly string[]; fleet: Fleet },
): Promise<readonly Check[]> {
  const calls = [...new Set(fleet.connections.map(writeCallOf))].sort();
  const checks: Check[] = [];
  const [regionId] = regions;
  if (regionId !== undefined) {
    for (const call of calls) {
      const outcome = await writeNowhere(run, call, regionId);
      checks.push(permission(`vpc:${call}`, outcome, 'missing'));
    }
  }
  const prefix = wanted.find((name) => name.endsWith('*'))?.slice(0, -1);
  const name = `${prefix ?? ''}${NO_SECRET}`;
  if (prefix === undefined || names.includes(name)) {
    return [...checks, notAsked('kms:PutSecretValue'), notAsked('kms:UpdateSecretVersionStage')];
  }
  const { secrets } = run.ports;
  const versionId = 'keyturn-doctor';
  const data = new Redacted('no document');
  const put = await secrets.putVersion({ name, versionId, data, labels: [LABELS.next] });
  const moved = await secrets.moveLabel({ name, label: LABELS.next, to: versionId });
  return [
    ...checks,
    permission('kms:PutSecretValue', put, 'missing'),
    permission('kms:UpdateSecretVersionStage', moved, 'missing'),
  ];
}

const notAsked = (what: string): Check => ({
  area: 'access',
  what,
  state: 'open',
  found: 'not asked: the role may be for these secrets alone',
  remedy: '',
});

function writeNowhere(run: Run, call: WriteCall, regionId: string): Promise<Outcome<null>> {
  return run.ports.vpn.write({
    call,
    regionId,
    vpnConnectionId: NOWHERE.vpnConnectionId,
    tunnelId: call === 'ModifyTunnelAttribute' ? NOWHERE.tunnelId : null,
    clientToken: hex(run.ports.random.bytes(32)),
    config: { key: null, settings: {} },
    localSubnets: '',
    remoteSubnets: '',
    effectImmediately: null,
    tunnelIndex: null,
    partner: null,
  });
}

function secretCheck(secret: GatheredSecret): Check {
  const check = (what: string, state: CheckState, found: string, remedy = ''): Check => ({
    area: 'secrets',
    what,
    state,
    found,
    remedy,
  });
  if (secret.kind === 'none') {
    const { code, detail } = secret.reason;
    return check(secret.name, 'failed', `${code}: ${detail}`, CODES[code].remedy);
  }
  const { name, documents, versions } = secret.snapshot;
  const faults = [...documents].flatMap(([id, parsed]) =>
    parsed.kind === 'faults' ? parsed.faults.map(({ path, rule }) => `${id} ${path}: ${rule}`) : [],
  );
  if (faults.length > 0) {
    return check(name, 'failed', faults.join('; '), CODES['document-invalid'].remedy);
  }
  const held = holderOf({ versions }, LABELS.held);
  if (held !== null)
    return check(name, 'attention', `version ${held.versionId} is held`, CODES.held.remedy);
  return documents.size === 0
    ? check(name, 'attention', 'no document', CODES['no-version'].remedy)
    : check(name, 'ok', `valid: ${[...documents.keys()].join(', ')}`);
}

/** KMS keeps ten versions of a secret. */
const VERSIONS_KEPT = 10;

function versionCheck(secret: GatheredSecret): readonly Check[] {
  if (secret.kind === 'none') return [];
  const { name, versions } = secret.snapshot;
  const carrying = versions.filter(({ labels }: SecretVersion) => labels.length > 0).length;
  if (versions.length < VERSIONS_KEPT) return [];
  return [
    {
      area: 'quotas',
      what: name,
      state: carrying >= VERSIONS_KEPT - 2 ? 'attention' : 'ok',
      found: `${versions.length} of ${VERSIONS_KEPT} versions, ${carrying} with labels`,
      remedy: carrying >= VERSIONS_KEPT - 2 ? CODES['versions-full'].remedy : '',
    },
  ];
}

async function leaseCheck(run: Run, name: string | null): Promise<Check> {
  const check = (state: CheckState, found: string, remedy = ''): Check => ({
    area: 'secrets',
    what: name ?? 'KEYTURN_LEASE_SECRET',
    state,
    found,
    remedy,
  });
  if (name === null) return check('attention', 'not set', CODES['no-lease'].remedy);
  const versions = await reliably(run, () => run.ports.secrets.listVersions(name));
  if (versions.kind === 'ok') return check('ok', 'there, for the lease');
  const remedy = versions.kind === 'notFound' ? 'Create it, with any value.' : ACCESS;
  return check('failed', versions.error.code, remedy);
}

const ACCESS = 'Compare the role with policies/keyturn-rotate.policy.json.';
