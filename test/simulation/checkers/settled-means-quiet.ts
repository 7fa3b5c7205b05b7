import type { SecretVersion } from '../../../local/kms/state.ts';
import type { Checker, RunEnd, World } from '../world.ts';

/** 10: once more after success changes nothing further, and without stale reads not even asks for a change. */
export function settledMeansQuiet(world: World): Checker {
  /** How everything was when it had converged; null while it has not. */
  let settled: { readonly all: string; readonly apart: string } | null = null;
  let acts = 0;
  let settledFor: RunEnd['purpose'] = 'rotate';
  const isStale = (): boolean => (world.cloud.faults.met.get('stale-read') ?? 0) > 0;
  const state = (counts: (version: SecretVersion) => boolean): string =>
    JSON.stringify(
      world.scenario.sites.map((site) => [
        world.tunnels(site).map(({ tunnel }) => tunnel.config),
        site.secrets.map((name) => world.versions(name).filter(counts)),
      ]),
    );
  return {
    onRunEnd({ report, crowded, killed, writes, labelMoves, number, purpose }) {
      // What people do, and keys that have come of age, ask for a change.
      const people = world.acts + world.acknowledgements;
      const disturbed = people > acts || world.options.rotateEveryDays > 0;
      if (purpose !== settledFor) settled = null;
      settledFor = purpose;
      acts = people;
      const outcome = report?.outcome;
      // A read without keys now and then leaves open what the next one shows.
      const told =
        world.options.switches.keyOnRead !== 'plain' ||
        report?.groups.every(({ verdict }) => verdict === 'converged') === true;
      const fine = told && (outcome === 'unchanged' || outcome === 'converged');
      if (disturbed || killed || (settled === null && !fine)) {
        settled = null;
        return;
      }
      const now = { all: state(() => true), apart: state(isNoRecord) };
      // A run that is shown an old list of versions saves what it believes to be live, once more.
      const part = isStale() ? 'apart' : 'all';
      if (settled !== null && settled[part] !== now[part])
        world.violate(10, `run ${number} changed something after everything had converged`);
      if (settled !== null && !isStale() && writes + labelMoves > 0)
        world.violate(10, `run ${number} asked for changes after everything had converged`);
      // Of two runs at once the one that ends first does not know what the other is about to do.
      const still = settled !== null && outcome === 'deferred';
      settled = (fine && !crowded) || still ? now : null;
    },
  };
}

/** What a run saves under KeyturnBefore changes nothing that anybody is served with. */
function isNoRecord({ versionId }: SecretVersion): boolean {
  return !versionId.startsWith('keyturn-before-');
}
