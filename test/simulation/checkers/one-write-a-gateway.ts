import { TIMEOUT_MS, LATENCY_MS } from '../transport.ts';
import type { Checker, World } from '../world.ts';
import { laneOf, paramsOf } from '../world.ts';

/** 3: never two writes in flight on one VPN gateway: none is sent before the one before it was answered. */
export function oneWriteAGateway(world: World): Checker {
  const { concurrent, lease } = { concurrent: isCrowded(world), lease: world.options.lease };
  /** When the sender has its answer, or has given up on one. */
  const busyUntil = new Map<string, { readonly until: number; readonly run: number }>();
  return {
    onCall(call, result) {
      const { actor } = world;
      if (!call.action.startsWith('Modify') || actor === null || actor === 'person') return;
      const lane = laneOf(world, paramsOf(call)['VpnConnectionId'] ?? '');
      const earlier = busyUntil.get(lane);
      if (result === null) {
        // Without a lease, two runs are kept apart by whoever starts them.
        const counts = earlier?.run === actor.run || !concurrent || lease;
        if (counts && earlier !== undefined && call.now < earlier.until)
          world.violate(3, `two writes at once on ${lane}`);
      }
      const stall = result?.kind === 'stall' ? TIMEOUT_MS : 0;
      const delay = result?.kind === 'answer' ? Math.min(result.delayMs, TIMEOUT_MS) : 0;
      busyUntil.set(lane, { until: call.now + LATENCY_MS + stall + delay, run: actor.run });
    },
  };
}

function isCrowded({ options }: World): boolean {
  return options.phases.some((phase) => phase.crowdAfterMs.length > 0);
}
