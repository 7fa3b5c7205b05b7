import { reason } from '../core/codes.ts';
import { holds } from '../core/compare.ts';
import { tunnelName } from '../core/fleet.ts';
import { refOf } from '../core/groups.ts';
import type { SecretReport } from '../core/report.ts';
import { durationMs } from '../core/units.ts';
import { LABELS, holderOf } from '../core/versions.ts';
import type { GroupEnd } from './finish-group.ts';
import type { Prepared, WorkedSecret } from './prepare.ts';
import { promote } from './promote.ts';
import type { Floor } from './work-group.ts';

/** Promotes every secret whose groups all converged, after one more look at all of their tunnels. */
export async function promoteAll(
  floor: Floor,
  prepared: Prepared,
  ends: readonly GroupEnd[],
): Promise<readonly SecretReport[]> {
  const reports: SecretReport[] = [];
  for (const secret of prepared.secrets) {
    reports.push(await promoteOne(floor, secret, ends));
  }
  reports.push(...unusableReports(prepared));
  return reports.sort((a, b) => (a.name < b.name ? -1 : 1));
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
  ends: readonly GroupEnd[],
): Promise<SecretReport> {
  const { aim, snapshot, currentVersionId } = secret;
  const report = {
    name: aim.secretName,
    fromVersionId: currentVersionId,
    toVersionId: aim.versionId,
  };
  const mine = ends.filter((end) => end.plan.secrets.some(({ name }) => name === aim.secretName));
  const leftover = holderOf(snapshot, LABELS.next) !== null;
  const converged = mine.length > 0 && mine.every((end) => end.verdict === 'converged');
  if (!leftover || aim.held !== null || (aim.promote && !converged)) {
    return { ...report, promoted: false, reason: null };
  }
  // A version that is the current one already only has its labels left over: that asks nothing of tunnels,
  // whose keys may not be shown, and a next version that stays for ever keeps new ones from being made.
  if (aim.promote && !(await stillHolds(floor, mine))) {
    return { ...report, promoted: false, reason: reason('tunnel-drifted', aim.secretName) };
  }
  const why = await promote(floor.run, {
    name: aim.secretName,
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

/** Whether every tunnel of the groups, read once more, still has what it was given. */
async function stillHolds(floor: Floor, ends: readonly GroupEnd[]): Promise<boolean> {
  const looks = ends.flatMap(({ plan, work }) =>
    plan.group.members.map(async (member) => {
      const ref = refOf(member);
      const looked = await floor.watchers
        .region(ref.regionId)
        .look({ vpnGatewayId: null, vpnConnectionId: ref.vpnConnectionId }, durationMs(0));
      const wanted = plan.wanted.get(tunnelName(ref));
      const connection = looked.kind === 'ok' ? looked.value.connection : null;
      const found = connection?.tunnels.find((tunnel) => tunnel.tunnelId === ref.tunnelId);
      if (found === undefined || wanted === undefined) return false;
      const state = holds(found, wanted);
      // A key that cannot be read counts as there when this run wrote it and the tunnel is up.
      const written = work?.order.some(({ step }) => tunnelName(step.tunnel) === tunnelName(ref));
      return state === 'yes' || (state === 'unknown' && written === true && found.sa === 'up');
    }),
  );
  return (await Promise.all(looks)).every(Boolean);
}
