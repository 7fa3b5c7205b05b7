import type { Site } from '../scenario.ts';
import type { Checker, World } from '../world.ts';

type Mix = 'new' | 'old' | 'mixed';

/** 5: no run ends with a group half new, half old, unless it says so. */
export function noSilentMixture(world: World): Checker {
  const mixOf = (site: Site): Mix => {
    const states = world.tunnels(site).map(({ tunnel }) => tunnel.config.ike.Psk === site.newKey);
    if (states.every(Boolean)) return 'new';
    return states.some(Boolean) ? 'mixed' : 'old';
  };
  // A write that lands after everybody gave up on it is told by the next run, not by this one.
  const exact = world.options.switches.lostWrite === 'never';
  return {
    promise: 5,
    onRunEnd({ report, crowded, number }) {
      if (report === null || crowded || !exact) return;
      // Where keys do not read back, only what was held can be told to be in doubt.
      const blind = world.options.switches.keyOnRead !== 'plain';
      for (const group of report.groups) {
        const site = world.scenario.sites.find(
          (found) => found.customerGateway === group.customerGatewayId,
        );
        if (site === undefined) continue;
        const mix = mixOf(site);
        const { verdict } = group;
        const says = `run ${number}: ${group.customerGatewayId} is ${mix}, reported ${verdict} ${group.reason.code}`;
        if (blind && verdict === 'blocked' && group.reason.code !== 'held') continue;
        if (mix === 'mixed' && !['mixed', 'unknown'].includes(verdict) && !told(group.reason.code))
          world.violate(5, says);
        if (verdict === 'restored' && mix === heldMix(world, site)) world.violate(5, says);
        if (verdict === 'converged' && mix === 'mixed') world.violate(5, says);
      }
    },
  };
}

/** What a group looks like that still has the version which is held; `new` where no version is. */
function heldMix(world: World, site: Site): Mix {
  const held = world.cloud.kms.secrets
    .get(site.secret)
    ?.versions.find((version) => version.labels.includes('KeyturnHeld'));
  return held === undefined || held.data.includes(site.newKey) ? 'new' : 'old';
}

/** Waiting between the steps of a stepwise rotation is half new by intention, and says so. */
function told(code: string): boolean {
  return ['master-follows', 'peer-follows'].includes(code);
}
