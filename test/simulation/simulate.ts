import type { CodeName } from '../../functions/core/codes.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import type { FaultRule } from '../../local/faults.ts';
import { Prng } from '../../local/prng.ts';
import { loadKey } from '../../local/vpc/far-end.ts';
import * as promises from './checkers/index.ts';
import { launch } from './launch.ts';
import type { Options } from './options.ts';
import { World, attach } from './world.ts';
import type { Checker, RunEnd } from './world.ts';

export interface Result {
  readonly violations: readonly string[];
  readonly runs: number;
  readonly kills: number;
  readonly writes: number;
  readonly faults: ReadonlyMap<string, number>;
  /** Outcomes of the runs and reasons of their groups, counted. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Everything the simulated processes wrote, for `--trace`. */
  readonly output: readonly string[];
}

/** Runs that may be needed once faults have stopped. */
const HEALING_RUNS = 8;

/**
 * Reasons with which a healed world may stay unconverged: each names something that only a person can
 * decide. The rest must converge by itself.
 */
const FOR_A_PERSON: ReadonlySet<CodeName> = new Set<CodeName>([
  'no-second-path',
  'not-restorable',
  'partner-unreadable',
  'same-gateway-rule',
  'stepwise-unreadable',
  'keys-unreadable',
  'document-blocked',
]);

/** Safety under faults, then a healed world that must converge: one seed, one verdict. */
export async function simulate(options: Options): Promise<Result> {
  const world = new World(options);
  const checkers: readonly Checker[] = Object.values(promises).map((make) => make(world));
  attach(world, checkers);
  const ends: RunEnd[] = [];
  const finish = (batch: readonly RunEnd[]): void => {
    for (const end of batch) {
      ends.push(end);
      for (const checker of checkers) checker.onRunEnd?.(end);
    }
  };
  world.cloud.faults.set(faultRules(options));
  const prng = new Prng(options.seed).fork('phases');
  for (const [index, killAfter] of options.killAfter.entries()) {
    finish(await phaseRuns(world, index, killAfter));
    await world.clock.sleep(prng.between(3, 40) * 60_000);
    if (prng.chance(1, 3)) acknowledge(world);
  }
  heal(world);
  const last = await converge(world, finish, ends.length);
  judge(world, last);
  for (const checker of checkers) checker.onEnd?.();
  return {
    violations: world.violations,
    runs: ends.length,
    kills: ends.filter((end) => end.killed).length,
    writes: ends.reduce((sum, end) => sum + end.writes, 0),
    faults: world.cloud.faults.met,
    reasons: count(ends),
    output: world.output,
  };
}

async function phaseRuns(
  world: World,
  index: number,
  killAfter: number,
): Promise<readonly RunEnd[]> {
  const crowded = world.options.concurrent;
  const first = launch(world, { number: index * 10, killAfter, crowded });
  if (!crowded) return [await first];
  return Promise.all([first, launch(world, { number: index * 10 + 1, killAfter: 0, crowded })]);
}

function faultRules({ faults }: Options): readonly FaultRule[] {
  const rule = (kind: FaultRule['kind'], thousandths: number): FaultRule[] =>
    thousandths === 0 ? [] : [{ kind, chance: [thousandths, 1000] }];
  return [
    ...rule('reset-before', faults.resetBefore),
    ...rule('stall-before', Math.floor(faults.resetBefore / 3)),
    ...rule('reset-after-applied', faults.resetAfterApplied),
    ...rule('half-answer', Math.floor(faults.resetAfterApplied / 3)),
    ...rule('stall-after-applied', Math.floor(faults.resetAfterApplied / 3)),
    ...rule('server-500', faults.serverError),
    ...rule('html-502', faults.html),
    ...rule('throttle', faults.throttle),
    ...rule('duplicate-delivery', faults.duplicate),
    ...rule('duplicate-page', faults.duplicatePage),
    ...rule('stale-read', faults.staleRead),
  ];
}

/** The far end says that it has the next key. */
function acknowledge(world: World): void {
  for (const { secret } of world.scenario.sites)
    relabel(world, secret, 'KeyturnNext', 'KeyturnPeerReady');
}

/** What a person does once the faults are over: far ends get the next key, held versions are cleared. */
function heal(world: World): void {
  const { cloud, scenario } = world;
  const now = world.clock.now();
  cloud.faults.set([]);
  cloud.vpc.events.advance(now);
  for (const site of scenario.sites) {
    for (const { connection, tunnel } of world.tunnels(site)) {
      tunnel.farEnd.policy = 'has-it-already';
      loadKey(cloud.vpc, connection, tunnel, site.newKey, now);
    }
    relabel(world, site.secret, 'KeyturnHeld', null);
  }
  acknowledge(world);
}

/** Puts label `to` on the version that has `on`, or (`to` null) takes `on` off. */
function relabel(world: World, secretName: string, on: string, to: string | null): void {
  const secret = world.cloud.kms.secrets.get(secretName);
  const holder = secret?.versions.find((version) => version.labels.includes(on));
  if (secret === undefined || holder === undefined) return;
  const versions = secret.versions.map((version) => {
    if (version !== holder) return version;
    const labels =
      to === null ? version.labels.filter((label) => label !== on) : [...version.labels, to];
    return { ...version, labels: [...new Set(labels)] };
  });
  replaceVersions(secret, versions, world.clock.now());
}

async function converge(
  world: World,
  finish: (batch: readonly RunEnd[]) => void,
  done: number,
): Promise<RunEnd | null> {
  let last: RunEnd | null = null;
  for (let number = 0; number < HEALING_RUNS; number += 1) {
    await world.clock.sleep(10 * 60_000);
    last = await launch(world, { number: 1000 + done + number, killAfter: 0, crowded: false });
    finish([last]);
    if (last.report?.outcome === 'unchanged') break;
  }
  return last;
}

/** 9: once faults stop, a bounded number of runs converges, or names what a person has to do. */
function judge(world: World, last: RunEnd | null): void {
  const report = last?.report;
  if (report === null || report === undefined) {
    world.violate(9, `the last run gave no report: ${last?.error?.slice(0, 300) ?? ''}`);
    return;
  }
  // An SA that outlives the change cannot be proven before it reauthenticates, a day later; and where keys
  // do not read back, a write that changes nothing is repeated and nothing negotiates after it.
  const { oldSa, keyOnRead } = world.options.switches;
  const unprovable =
    world.options.proof === 'proven' && (oldSa === 'survives' || keyOnRead !== 'plain');
  for (const group of report.groups) {
    const { verdict, reason } = group;
    // Without keys to read no run can tell what the one before it has done: a group has to fit into one.
    if (keyOnRead !== 'plain' && reason.code === 'out-of-time') continue;
    if (verdict === 'converged' || FOR_A_PERSON.has(reason.code)) continue;
    if (
      unprovable &&
      (reason.code === 'held' || reason.code === 'restored' || reason.code === 'canary-failed')
    )
      continue;
    world.violate(
      9,
      `${group.customerGatewayId} stays ${verdict}: ${reason.code} ${reason.detail}`,
    );
  }
  for (const site of world.scenario.sites) {
    const versions = world.cloud.kms.secrets.get(site.secret)?.versions ?? [];
    const labels = (id: string): readonly string[] =>
      versions.find((version) => version.versionId === id)?.labels ?? [];
    const promoted = labels('v2').includes('ACSCurrent') && !labels('v2').includes('KeyturnNext');
    if (promoted && !labels('v1').includes('ACSPrevious')) {
      world.violate(9, `${site.secret} was promoted and ACSPrevious is not on the old version`);
    }
    const group = report.groups.find((found) => found.customerGatewayId === site.customerGateway);
    if (group?.verdict !== 'converged') continue;
    const wrong = world.tunnels(site).filter(({ tunnel }) => tunnel.config.ike.Psk !== site.newKey);
    if (wrong.length > 0) world.violate(9, `${site.secret} is reported converged and is not`);
  }
}

function count(ends: readonly RunEnd[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { report, killed, error } of ends) {
    if (killed) add('run killed');
    if (error !== null) add('run threw');
    if (report !== null) add(`run ${report.outcome}`);
    for (const group of report?.groups ?? []) add(`${group.verdict} ${group.reason.code}`);
  }
  return counts;
}
