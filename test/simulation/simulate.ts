import type { CodeName } from '../../functions/core/codes.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import type { FaultRule } from '../../local/faults.ts';
import { Prng } from '../../local/prng.ts';
import { loadKey } from '../../local/vpc/far-end.ts';
import * as promises from './checkers/index.ts';
import { launch } from './launch.ts';
import type { Options } from './options.ts';
import type { Site } from './scenario.ts';
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
 * Where a run ends after 10 minutes and a gateway configures for up to 400 s, a run is sure of one write
 * before its deadline and one that is under way then: all of them by its canary group, one group a run.
 */
function healingRuns(world: World): number {
  const { deadlineMinutes, switches } = world.options;
  if (deadlineMinutes === 0 || switches.windowSeconds !== '240-400') return HEALING_RUNS;
  const tunnels = world.scenario.sites.flatMap((site) => world.tunnels(site)).length;
  return HEALING_RUNS + Math.ceil(tunnels / 2);
}

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
  'restore-unreadable',
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
  if (options.goal === 'forward') judge(world, last);
  else judgeBack(world, last);
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
  const purpose = world.options.restores[index] === true ? 'restore' : 'rotate';
  const first = launch(world, { number: index * 10, killAfter, crowded, purpose });
  if (!crowded) return [await first];
  const second = { number: index * 10 + 1, killAfter: 0, crowded, purpose: 'rotate' } as const;
  return Promise.all([first, launch(world, second)]);
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
      const back = world.options.goal === 'back';
      // A far end proves itself with one key: who goes back brings each along as it changes.
      tunnel.farEnd.policy = back ? 'follows' : 'has-it-already';
      if (back) tunnel.farEnd.delayMs = 1_000;
      loadKey(cloud.vpc, connection, tunnel, back ? tunnel.config.ike.Psk : site.newKey, now);
    }
    if (world.options.goal === 'forward') goForward(world, site);
  }
  acknowledge(world);
}

/** Clears what is held and, where somebody went back or was about to, asks for the new version again. */
function goForward(world: World, site: Site): void {
  relabel(world, site.secret, 'KeyturnHeld', null);
  if (!world.options.restores.includes(true)) return;
  const holder = (label: string): string | undefined =>
    world.cloud.kms.secrets
      .get(site.secret)
      ?.versions.find((version) => version.labels.includes(label))?.versionId;
  if (holder('ACSCurrent') === 'v2' && holder('KeyturnNext') !== 'v1') return;
  place(world, site.secret, 'KeyturnNext', 'v2');
  // Whoever stops a return in the middle of its promotion says which version comes before.
  if (holder('ACSCurrent') === 'v2') place(world, site.secret, 'ACSPrevious', 'v1');
}

/** Puts a label on one version, off every other. */
function place(world: World, secretName: string, label: string, versionId: string): void {
  relabel(world, secretName, label, null);
  const secret = world.cloud.kms.secrets.get(secretName);
  if (secret === undefined) return;
  world.wishes += 1;
  const versions = secret.versions.map((version) =>
    version.versionId === versionId ? { ...version, labels: [...version.labels, label] } : version,
  );
  replaceVersions(secret, versions, world.clock.now());
}

/** Puts label `to` on the version that has `on`, or (`to` null) takes `on` off. */
function relabel(world: World, secretName: string, on: string, to: string | null): void {
  const secret = world.cloud.kms.secrets.get(secretName);
  const holder = secret?.versions.find((version) => version.labels.includes(on));
  if (secret === undefined || holder === undefined) return;
  if (to !== null && holder.labels.includes(to)) return;
  world.wishes += 1;
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
  const bound = healingRuns(world);
  for (let number = 0; number < bound; number += 1) {
    await world.clock.sleep(10 * 60_000);
    // A version that is gone back to needs its far end as well.
    acknowledge(world);
    last = await launch(world, {
      number: 1000 + done + number,
      killAfter: 0,
      crowded: false,
      purpose: world.options.goal === 'back' ? 'restore' : 'rotate',
    });
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

/** 9 for who wants back: every tunnel has what it had, or a reason that only a person can act on. */
function judgeBack(world: World, last: RunEnd | null): void {
  const report = last?.report;
  if (report === null || report === undefined) {
    world.violate(9, `the last restore gave no report: ${last?.error?.slice(0, 300) ?? ''}`);
    return;
  }
  for (const site of world.scenario.sites) {
    const group = report.groups.find((found) => found.customerGatewayId === site.customerGateway);
    const reason = group?.reason ?? report.secrets.find(({ name }) => name === site.secret)?.reason;
    const back = group?.verdict === 'converged' || reason?.code === 'put-back';
    if (!back) {
      if (reason && FOR_A_PERSON.has(reason.code)) continue;
      world.violate(
        9,
        `${site.customerGateway} does not go back: ${reason?.code} ${reason?.detail}`,
      );
      continue;
    }
    for (const { connection, tunnel } of world.tunnels(site)) {
      const { Psk, IkePfs } = tunnel.config.ike;
      const was = [site.oldKey, site.liveKey].includes(Psk);
      const settings = !world.options.settingsChange || IkePfs === 'group2';
      if (was && settings) continue;
      world.violate(
        9,
        `${connection.vpnConnectionId}/${tunnel.tunnelId} is reported back and is not`,
      );
    }
  }
}

function count(ends: readonly RunEnd[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { report, killed, error, purpose } of ends) {
    if (purpose === 'restore') add('restore asked for');
    if (killed) add('run killed');
    if (error !== null) add('run threw');
    if (report !== null) add(`run ${report.outcome}`);
    for (const group of report?.groups ?? []) add(`${group.verdict} ${group.reason.code}`);
  }
  return counts;
}
