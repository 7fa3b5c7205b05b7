import { needsAttention } from '../../../functions/core/report.ts';
import type { GroupReport } from '../../../functions/core/report.ts';
import type { Site } from '../scenario.ts';
import type { Checker, World } from '../world.ts';

type Mix = 'new' | 'old' | 'mixed';

/** 5: no run ends with a group half new, half old, unless it says so and throws. */
export function noSilentMixture(world: World): Checker {
  const mixOf = (site: Site): Mix => {
    const wanted = world.wantedKey(site);
    const states = world.tunnels(site).map(({ tunnel }) => tunnel.config.ike.Psk === wanted);
    if (states.every(Boolean)) return 'new';
    return states.some(Boolean) ? 'mixed' : 'old';
  };
  // A write that lands after everybody gave up on it is told by the next run, not by this one.
  const exact = world.options.switches.lostWrite === 'never';
  let acts = 0;
  /** Whether a read of this run showed what the one before it had shown. */
  let stale = false;
  return {
    onCall(call) {
      stale ||= call.fault?.kind === 'stale-read' && call.action === 'DescribeVpnConnections';
    },
    onRunEnd({ report, crowded, number }) {
      const misled = stale;
      stale = false;
      // What people changed during the run is not its mixture.
      const disturbed = world.acts > acts;
      acts = world.acts;
      if (report === null || crowded || !exact || disturbed) return;
      // Where keys do not read back, only what was held can be told to be in doubt.
      const blind = !world.keysShown();
      for (const group of report.groups) {
        const site = world.siteOfGroup(group);
        if (site === null) continue;
        const mix = mixOf(site);
        const { verdict, reason } = group;
        const says = `run ${number}: ${group.customerGatewayId} is ${mix}, reported ${verdict} ${reason.code}`;
        if (blind && verdict === 'blocked' && reason.code !== 'held') continue;
        // A held group is not worked on, so not looked at twice; whoever is told to look sees what it is.
        if (misled && verdict === 'blocked' && reason.code === 'held' && needsAttention(report))
          continue;
        // A key that somebody has set and nobody can read is nobody's to report.
        if (blind && world.acts > 0) continue;
        const told = ['mixed', 'unknown'].includes(verdict) && needsAttention(report);
        const stays = isHalfway(reason.code) || isPause(world, group);
        if (mix === 'mixed' && !told && !stays) world.violate(5, says);
        if (verdict === 'restored' && mix === heldMix(world, site)) world.violate(5, says);
        if (verdict === 'converged' && mix !== 'new' && !blind) world.violate(5, says);
      }
    },
  };
}

/** What a group looks like that still has the version which is held; `new` where no version is. */
function heldMix(world: World, site: Site): Mix {
  const held = site.secrets
    .map((secret) => world.holder(secret, 'KeyturnHeld'))
    .find((version) => version !== null);
  const key = held === undefined ? null : world.keyIn(held, site);
  return key === null || key === world.wantedKey(site) ? 'new' : 'old';
}

/** Waiting between the steps of a stepwise rotation is half new by intention, and says so. */
function isHalfway(code: string): boolean {
  return ['master-follows', 'peer-follows'].includes(code);
}

/** So is one whose next step had to be left to a later run. */
function isPause({ options }: World, { verdict, reason }: GroupReport): boolean {
  const stopped = ['out-of-time', 'cancelled', 'lease-lost', 'outside-window'];
  return options.handover === 'stepwise' && verdict === 'waiting' && stopped.includes(reason.code);
}
