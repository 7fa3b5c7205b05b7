import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { holds } from '../core/compare.ts';
import { tunnelName } from '../core/fleet.ts';
import { refOf } from '../core/groups.ts';
import type { SecretReport } from '../core/report.ts';
import { durationMs, minutes } from '../core/units.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import { mustEnd } from './context.ts';
import { reasonOf } from './failures.ts';
import type { GroupEnd } from './finish-group.ts';
import type { Sight } from './lane-watcher.ts';
import type { Prepared, WorkedSecret } from './prepare.ts';
import { promote } from './promote.ts';
import type { Floor } from './work-group.ts';

/** How old the look before a promotion may be; it always began after the last write of its groups. */
const LOOK_AGE = minutes(5);

/**
 * Promotes each secret as soon as the last of its groups has ended, if all of them converged and hold what
 * they were given in a look since then.
 */
export class Promotions {
  readonly #floor: Floor;
  readonly #unusable: readonly SecretReport[];
  readonly #secrets: ReadonlyMap<string, WorkedSecret>;
  /** Groups that have not ended yet, by secret. */
  readonly #open = new Map<string, number>();
  readonly #ends = new Map<string, GroupEnd[]>();
  readonly #reports: Promise<SecretReport>[] = [];

  constructor(floor: Floor, prepared: Prepared) {
    this.#floor = floor;
    this.#unusable = unusableReports(prepared);
    this.#secrets = new Map(prepared.secrets.map((secret) => [secret.aim.secretName, secret]));
    for (const name of this.#secrets.keys()) {
      this.#open.set(name, 0);
      this.#ends.set(name, []);
    }
    for (const { secrets } of prepared.plans) {
      for (const { name } of secrets) this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
    }
    for (const [name, count] of this.#open) if (count === 0) this.#begin(name);
  }

  /** Must be told of every group of the plan once. */
  ended(end: GroupEnd): void {
    for (const { name } of end.plan.secrets) {
      this.#ends.get(name)?.push(end);
      const left = (this.#open.get(name) ?? 0) - 1;
      this.#open.set(name, left);
      if (left === 0) this.#begin(name);
    }
  }

  /** The end of every secret, by name. Every group must have ended. */
  async reports(): Promise<readonly SecretReport[]> {
    const reports = [...(await Promise.all(this.#reports)), ...this.#unusable];
    return reports.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #begin(name: string): void {
    const secret = this.#secrets.get(name);
    if (secret === undefined) return;
    const report = promoteOne(this.#floor, secret, this.#ends.get(name) ?? []);
    // Whoever asks for the reports hears of it; until then nobody does, and that is no reason to die.
    report.catch(() => undefined);
    this.#reports.push(report);
  }
}

/** The secrets from which nothing could be applied. */
export function unusableReports({ unusable }: Prepared): readonly SecretReport[] {
  return [...unusable].map(([name, why]) => ({
    name,
    fromVersionId: null,
    toVersionId: null,
    promoted: false,
    reason: why,
  }));
}

async function promoteOne(
  floor: Floor,
  secret: WorkedSecret,
  mine: readonly GroupEnd[],
): Promise<SecretReport> {
  const { aim, snapshot, currentVersionId } = secret;
  const report = {
    name: aim.secretName,
    fromVersionId: currentVersionId,
    toVersionId: aim.versionId,
  };
  const leftover = holderOf(snapshot, LABELS.next) !== null;
  const converged = mine.length > 0 && mine.every((end) => end.verdict === 'converged');
  if (!leftover || aim.held !== null || (aim.promote && !converged)) {
    return { ...report, promoted: false, reason: null };
  }
  // A version that is the current one already only has its labels left over: that asks nothing of tunnels,
  // whose keys may not be shown, and a next version that stays for ever keeps new ones from being made.
  const unseen = aim.promote ? await stillHolds(floor, mine) : null;
  if (unseen !== null) return { ...report, promoted: false, reason: unseen };
  const why = await promote(floor.run, {
    snapshot,
    fromVersionId: aim.promote ? currentVersionId : null,
    toVersionId: aim.versionId,
  });
  if (why === null) {
    floor.run.ports.log.event({
      kind: 'secret-promoted',
      secret: aim.secretName,
      fromVersionId: currentVersionId,
      toVersionId: aim.versionId,
    });
  }
  return { ...report, promoted: why === null, reason: why };
}

/** Null where every tunnel of the groups, read once more, still has what it was given; else why not. */
async function stillHolds(floor: Floor, ends: readonly GroupEnd[]): Promise<Reason | null> {
  const looks = ends.map(async (end): Promise<Reason | null> => {
    const { id, laneId } = end.plan.group;
    const lane = floor.watchers.lane(end.plan.group);
    // A read-back shows the key before it shows the tunnel up, hence the second look.
    for (const age of [LOOK_AGE, durationMs(0)]) {
      const looked = await lane.settledSight(age);
      if (looked.kind === 'stuck')
        return reason(mustEnd(floor.run) ? 'out-of-time' : 'gateway-stuck', laneId);
      if (looked.kind !== 'ok') return reasonOf(looked, id);
      if (sightHolds(end, looked.value)) return null;
    }
    return reason('tunnel-drifted', id);
  });
  return (await Promise.all(looks)).find((why) => why !== null) ?? null;
}

function sightHolds({ plan, work }: GroupEnd, sight: Sight): boolean {
  const written = new Set(work?.order.map(({ step }) => tunnelName(step.tunnel)));
  return plan.group.members.every((member) => {
    const ref = refOf(member);
    const wanted = plan.wanted.get(tunnelName(ref));
    const connection = sight.connections.get(ref.vpnConnectionId);
    const found = connection?.tunnels.find((tunnel) => tunnel.tunnelId === ref.tunnelId);
    if (found === undefined || wanted === undefined) return false;
    const state = holds(found, wanted);
    // A key that cannot be read counts as there when this run wrote it and the tunnel is up.
    return (
      state === 'yes' || (state === 'unknown' && written.has(tunnelName(ref)) && found.sa === 'up')
    );
  });
}
