import type { Checker, World } from '../world.ts';

/** 3: never two writes in flight on one VPN gateway: none is sent while the gateway works on ours. */
export function oneWriteAGateway(world: World): Checker {
  /** End of the answer's way back, by lane. A write before that is a second one in flight. */
  const busyUntil = new Map<string, { readonly until: number; readonly token: string }>();
  return {
    promise: 3,
    onCall(call, result) {
      if (!call.action.startsWith('Modify') || result !== null) return;
      // Two runs at once are told apart by the lease, not by the gateway.
      if (world.options.concurrent) return;
      const { VpnConnectionId: id = '', ClientToken: token = '' } = { ...call.form, ...call.query };
      const home = world.cloud.vpc.connections.get(id)?.home;
      const lane = home?.kind === 'gateway' ? home.vpnGatewayId : id;
      const earlier = busyUntil.get(lane);
      if (earlier !== undefined && call.now < earlier.until)
        world.violate(3, `two writes at once on ${lane}`);
      busyUntil.set(lane, { until: call.now + 20, token });
    },
  };
}
