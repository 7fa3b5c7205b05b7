import { loadKey } from '../../local/vpc/far-end.ts';
import * as promises from '../simulation/checkers/index.ts';
import { excusesOf } from '../simulation/excuses.ts';
import { QUIET_JOB, launch } from '../simulation/launch.ts';
import { World, attach } from '../simulation/world.ts';
import type { Checker, RunEnd } from '../simulation/world.ts';
import type { Case } from './cases.ts';
import { Turns } from './turns.ts';
import type { Side } from './turns.ts';

/** One ordering: where the turn is taken away, and after which of its calls the first process is killed. */
export interface Schedule {
  readonly preemptions: readonly number[];
  /** 0: it lives. */
  readonly killAfter: number;
}

export interface Played {
  readonly violations: readonly string[];
  /** Calls of both processes together: the places where the turn can be taken away. */
  readonly calls: number;
  readonly killed: boolean;
  readonly output: readonly string[];
}

/** Runs that may be needed afterwards; the first may meet a lease that has to run out. */
const HEALING_RUNS = 6;

/** Plays one ordering of two real runs, with all checkers on, and lets the world converge afterwards. */
export async function play(play: Case, schedule: Schedule): Promise<Played> {
  const world = new World(play.options);
  const checkers: readonly Checker[] = Object.values(promises).map((make) => make(world));
  attach(world, checkers);
  const finish = (end: RunEnd): void => {
    for (const checker of checkers) checker.onRunEnd?.(end);
  };
  const turns = new Turns(schedule.preemptions, () => world.clock.now());
  const side = async (at: Side): Promise<RunEnd> => {
    const end = await launch(world, {
      ...QUIET_JOB,
      purpose: play.purposes[at],
      number: at,
      runId: play.redelivered ? 'run_0' : `run_${at}`,
      killAfter: at === 0 ? schedule.killAfter : 0,
      crowded: true,
      admit: () => turns.admit(at),
    });
    turns.end(at);
    return end;
  };
  const ends = await Promise.all([side(0), side(1)]);
  for (const end of ends) finish(end);
  heal(world, play);
  await converge(world, play, finish);
  const violations = world.violations.filter(
    (text) => !play.exempt.some((promise) => text.startsWith(`${promise}:`)),
  );
  const killed = ends[0]?.killed ?? false;
  return { violations, calls: turns.calls, killed, output: world.output };
}

function heal(world: World, { purposes }: Case): void {
  const now = world.clock.now();
  for (const site of world.scenario.sites) {
    for (const { connection, tunnel } of world.tunnels(site)) {
      tunnel.farEnd.policy = 'follows';
      tunnel.farEnd.delayMs = 1_000;
      loadKey(world.cloud.vpc, connection, tunnel, tunnel.config.ike.Psk, now);
    }
  }
  // A version that somebody took back stays taken back.
  if (purposes.includes('restore')) return;
  for (const secret of world.scenario.secrets) world.relabel(secret, 'KeyturnHeld', null);
}

/** 9: whatever the order was, a few more runs end it: with the new key, or with what was taken back. */
async function converge(world: World, play: Case, finish: (end: RunEnd) => void): Promise<void> {
  const purpose = play.purposes.includes('restore') ? 'restore' : 'rotate';
  let last: RunEnd | null = null;
  for (let n = 0; n < HEALING_RUNS; n += 1) {
    await world.clock.sleep(5 * 60_000);
    const number = 100 + n;
    last = await launch(world, { ...QUIET_JOB, purpose, number, runId: `run_${number}` });
    finish(last);
    if (last.report?.outcome === 'unchanged') break;
  }
  for (const site of world.scenario.sites) {
    const wanted = purpose === 'rotate' ? site.newKey : site.oldKey;
    const wrong = world.tunnels(site).filter(({ tunnel }) => tunnel.config.ike.Psk !== wanted);
    const down = world
      .tunnels(site)
      .filter(({ tunnel }) => tunnel.session.status !== 'ipsec_sa_established');
    const group = last?.report?.groups[0];
    const excused = group !== undefined && excusesOf(world, site).has(group.reason.code);
    if ((wrong.length > 0 || down.length > 0) && !excused)
      world.violate(9, `${site.customerGateway} ends ${group?.verdict} ${group?.reason.code}`);
  }
}
