import type { FaultRule } from '../../local/faults.ts';
import { loadKey } from '../../local/vpc/far-end.ts';
import { occupyGateway, perform } from './acts.ts';
import * as promises from './checkers/index.ts';
import { excusesOf } from './excuses.ts';
import { QUIET_JOB, launch } from './launch.ts';
import { STRUCK_KINDS } from './options.ts';
import type { Options, Phase } from './options.ts';
import type { Site } from './scenario.ts';
import { World, attach, paramsOf } from './world.ts';
import type { Checker, RunEnd } from './world.ts';

export interface Result {
  readonly violations: readonly string[];
  readonly runs: number;
  readonly kills: number;
  readonly writes: number;
  readonly faults: ReadonlyMap<string, number>;
  /** Outcomes of the runs, reasons of their groups and acts of people, counted. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Everything the simulated processes wrote, for `--trace`. */
  readonly output: readonly string[];
}

/** Runs that may be needed once faults have stopped. */
const HEALING_RUNS = 8;
/** After so many runs that ended alike and changed nothing, another one would not either. */
const ALIKE = 2;

/** Safety under faults, then a healed world that must converge: one seed, one verdict. */
export async function simulate(options: Options): Promise<Result> {
  const story = new Story(options);
  for (const [index, phase] of options.phases.entries()) await story.phase(index, phase);
  await story.heal();
  await story.converge();
  await story.repeatAtOnce();
  return story.result();
}

/** One seed's world, the checkers that watch it, and the runs so far. */
class Story {
  readonly #world: World;
  readonly #checkers: readonly Checker[];
  readonly #ends: RunEnd[] = [];
  readonly #outcomes = new Map<string, number>();

  constructor(options: Options) {
    this.#world = new World(options);
    this.#checkers = Object.values(promises).map((make) => make(this.#world));
    attach(this.#world, this.#checkers);
    this.#world.cloud.faults.set(faultRules(options));
    if (options.busyEvery > 0) getInBetween(this.#world, options.busyEvery);
  }

  /** One trigger, the runs it starts, and what people do meanwhile. */
  async phase(index: number, phase: Phase): Promise<void> {
    const world = this.#world;
    const crowded = phase.crowdAfterMs.length > 0;
    const { killAfter, stopAfter, deadlineMinutes, purpose } = phase;
    const number = index * 10;
    const runId = `run_${number}`;
    const limits = { ...QUIET_JOB, killAfter, stopAfter, deadlineMinutes, purpose };
    const acts = phase.acts.map(async (act) => {
      await world.clock.sleep(act.afterSeconds * 1_000);
      perform(world, act, (name) => this.#count(name));
    });
    const runs = [
      launch(world, { ...limits, number, runId, crowded }),
      ...phase.crowdAfterMs.map((startAfterMs, at) => {
        const other = number + 1 + at;
        const id = phase.redelivered ? runId : `run_${other}`;
        return launch(world, { ...QUIET_JOB, startAfterMs, number: other, runId: id, crowded });
      }),
    ];
    this.#finish(await Promise.all(runs));
    await Promise.all(acts);
    await world.clock.sleep(phase.waitMinutes * 60_000);
    world.cloud.vpc.stuck.clear();
    if (phase.acknowledged) this.#acknowledge();
  }

  /** What people do once the faults are over: far ends come up and follow, held versions are cleared. */
  async heal(): Promise<void> {
    const { cloud, scenario, clock } = this.#world;
    const now = clock.now();
    cloud.faults.set([]);
    cloud.vpc.stuck.clear();
    cloud.vpc.events.advance(now);
    for (const site of scenario.sites) {
      for (const { connection, tunnel } of this.#world.tunnels(site)) {
        const { Psk } = tunnel.config.ike;
        tunnel.farEnd.policy = 'follows';
        tunnel.farEnd.delayMs = 1_000;
        loadKey(cloud.vpc, connection, tunnel, Psk, now);
      }
    }
    if (this.#world.options.goal === 'forward') askForward(this.#world);
    this.#acknowledge();
    // A scheduled handover is due by then, and a rotation by steps still has time.
    const { handover, notBeforeMinutes } = this.#world.options;
    await clock.sleep(handover === 'scheduled' ? notBeforeMinutes * 60_000 : 0);
  }

  /** 9: a bounded number of runs converges, or names what a person has to do. */
  async converge(): Promise<void> {
    let alike = 0;
    let before = '';
    for (let n = 0; n < HEALING_RUNS && alike < ALIKE; n += 1) {
      await this.#world.clock.sleep(10 * 60_000);
      // A version that was generated meanwhile needs its far end's word as well.
      this.#acknowledge();
      const end = await this.#quietRun(1_000 + n);
      if (end.report?.outcome === 'unchanged') break;
      const now = JSON.stringify([end.report?.groups, end.error]);
      alike = now === before && end.writes + end.labelMoves === 0 ? alike + 1 : 0;
      before = now;
    }
    const last = this.#ends.at(-1) ?? null;
    if (this.#world.options.goal === 'forward') judge(this.#world, last);
    else judgeBack(this.#world, last);
  }

  /** 10: running at the same time changes nothing either. Only a lease keeps the two apart. */
  async repeatAtOnce(): Promise<void> {
    const { options } = this.#world;
    if (!options.lease || this.#ends.at(-1)?.report?.outcome !== 'unchanged') return;
    const job = { ...QUIET_JOB, crowded: true };
    this.#finish(
      await Promise.all([
        launch(this.#world, { ...job, number: 2_000, runId: 'run_2000' }),
        launch(this.#world, { ...job, number: 2_001, runId: 'run_2000', startAfterMs: 20 }),
      ]),
    );
  }

  result(): Result {
    const ends = this.#ends;
    return {
      violations: this.#world.violations,
      runs: ends.length,
      kills: ends.filter((end) => end.killed).length,
      writes: ends.reduce((sum, end) => sum + end.writes, 0),
      faults: this.#world.cloud.faults.met,
      outcomes: this.#outcomes,
      output: this.#world.output,
    };
  }

  async #quietRun(number: number): Promise<RunEnd> {
    const purpose = this.#world.options.goal === 'back' ? 'restore' : 'rotate';
    const job = { ...QUIET_JOB, purpose, number, runId: `run_${number}` } as const;
    const end = await launch(this.#world, job);
    this.#finish([end]);
    return end;
  }

  #finish(batch: readonly RunEnd[]): void {
    for (const end of batch) {
      this.#ends.push(end);
      for (const checker of this.#checkers) checker.onRunEnd?.(end);
      if (end.purpose === 'restore') this.#count('restore asked for');
      if (end.killed) this.#count('run killed');
      if (end.error !== null) this.#count('run threw');
      if (end.report !== null) this.#count(`run ${end.report.outcome}`);
      for (const { verdict, reason } of end.report?.groups ?? []) {
        this.#count(`${verdict} ${reason.code}`);
      }
    }
  }

  #count(name: string): void {
    this.#outcomes.set(name, (this.#outcomes.get(name) ?? 0) + 1);
  }

  /** The far end's people say that they have the next key. */
  #acknowledge(): void {
    const world = this.#world;
    for (const secret of world.scenario.secrets) {
      const next = world.holder(secret, 'KeyturnNext');
      if (next === null || next.labels.includes('KeyturnPeerReady')) continue;
      world.acknowledgements += 1;
      world.relabel(secret, 'KeyturnNext', 'KeyturnPeerReady');
    }
  }
}

/** How long an answer is held back by a delay; half of them are longer than a caller waits. */
const DELAYS_MS = [4_000, 12_000] as const;
/** Codes of a refusal that no repetition helps against. */
const REFUSALS = ['Forbidden', 'VpnRouteEntry.Conflict', 'IllegalParam.LocalAsn'] as const;

function faultRules({ faults, seed }: Options): readonly FaultRule[] {
  return STRUCK_KINDS.flatMap((kind): FaultRule[] => {
    if (faults[kind] === 0) return [];
    const rule = { kind, chance: [faults[kind], 1000] } as const;
    if (kind === 'delay') return [{ ...rule, delayMs: DELAYS_MS[seed % 2] ?? 0 }];
    return kind === 'refuse' ? [{ ...rule, code: REFUSALS[seed % 3] ?? '' }] : [rule];
  });
}

/** Somebody else's change gets in right before each nth write of a run. */
function getInBetween(world: World, every: number): void {
  let writes = 0;
  world.cloud.watchers.push((call, result) => {
    if (result !== null || !call.action.startsWith('Modify') || world.actor === 'person') return;
    writes += 1;
    if (writes % every === 0) occupyGateway(world, paramsOf(call)['VpnConnectionId'] ?? '');
  });
}

/** Clears what is held and, where somebody went back or was about to, asks for the new version again. */
function askForward(world: World): void {
  const { phases } = world.options;
  for (const secret of world.scenario.secrets) {
    if (world.holder(secret, 'KeyturnHeld') !== null) world.acknowledgements += 1;
    world.relabel(secret, 'KeyturnHeld', null);
    if (phases.every(({ purpose }) => purpose === 'rotate')) continue;
    const current = world.holder(secret, 'ACSCurrent')?.versionId;
    const next = world.holder(secret, 'KeyturnNext')?.versionId;
    if (current === 'v2' && next !== 'v1') continue;
    world.acts += 1;
    world.label(secret, 'KeyturnNext', 'v2');
    // Whoever stops a return in the middle of its promotion says which version comes before.
    if (current === 'v2') world.label(secret, 'ACSPrevious', 'v1');
  }
}

/** What is left of a healed world after the last run. */
function judge(world: World, last: RunEnd | null): void {
  const report = last?.report;
  if (report === null || report === undefined) {
    world.violate(9, `the last run gave no report: ${last?.error?.slice(0, 300) ?? ''}`);
    return;
  }
  for (const site of world.scenario.sites) {
    const group = world.groupOf(site, report);
    if (group === null) {
      world.violate(
        9,
        `${site.customerGateway} is not in the report: ${JSON.stringify(report.secrets)}`,
      );
      continue;
    }
    const { verdict, reason } = group;
    if (verdict === 'converged') judgeConverged(world, site);
    else if (!excusesOf(world, site).has(reason.code))
      world.violate(9, `${site.customerGateway} stays ${verdict}: ${reason.code} ${reason.detail}`);
  }
}

function judgeConverged(world: World, site: Site): void {
  const key = world.wantedKey(site);
  const wrong = world.tunnels(site).filter(({ tunnel }) => tunnel.config.ike.Psk !== key);
  if (wrong.length > 0)
    world.violate(9, `${site.customerGateway} is reported converged and is not`);
  const down = world
    .tunnels(site)
    .filter(({ tunnel }) => tunnel.session.status !== 'ipsec_sa_established');
  if (down.length > 0) world.violate(9, `${site.customerGateway} is converged and not up`);
  for (const secret of site.secrets) {
    const labels = world.wanted(secret)?.labels ?? [];
    if (labels.includes('KeyturnNext') || labels.includes('KeyturnHeld')) continue;
    const first = world.versions(secret)[0];
    const promoted = !first?.labels.includes('ACSCurrent');
    if (promoted && world.holder(secret, 'ACSPrevious') === null)
      world.violate(9, `${secret} was promoted and no version is ACSPrevious`);
  }
}

/** 9 for who wants back: every tunnel has what it had, or a reason that only a person can act on. */
function judgeBack(world: World, last: RunEnd | null): void {
  const { report } = last ?? { report: null };
  if (report === null) {
    world.violate(9, `the last restore gave no report: ${last?.error?.slice(0, 300) ?? ''}`);
    return;
  }
  for (const site of world.scenario.sites) {
    const group = world.groupOf(site, report);
    const mine = report.secrets.find(({ name }) => site.secrets.includes(name));
    const reason = group?.reason ?? mine?.reason ?? null;
    const back = group?.verdict === 'converged' || reason?.code === 'put-back';
    if (back) judgeGoneBack(world, site);
    else if (reason === null || !excusesOf(world, site).has(reason.code))
      world.violate(
        9,
        `${site.customerGateway} does not go back: ${reason?.code} ${reason?.detail}`,
      );
  }
}

function judgeGoneBack(world: World, site: Site): void {
  for (const { connection, tunnel } of world.tunnels(site)) {
    const { Psk, IkePfs } = tunnel.config.ike;
    const was = [site.oldKey, site.liveKey].includes(Psk);
    const settings = !world.options.settingsChange || IkePfs === 'group2';
    if (was && settings) continue;
    const name = `${connection.vpnConnectionId}/${tunnel.tunnelId}`;
    world.violate(9, `${name} is reported back and is not`);
  }
}
