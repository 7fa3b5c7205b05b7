import type { Definition } from '../../operation.ts';
import { findConnection, findTunnel, onConnection, usableGateway } from '../look-up.ts';
import { overlay } from '../overlay.ts';
import { missing, refusal } from '../refusals.ts';
import { applySameGatewayRule } from '../same-gateway.ts';
import { writtenTunnel } from '../shapes.ts';
import { readFlattened } from '../tunnel-options.ts';
import { configure, refuseWhileConfiguring } from '../window.ts';
import type { VpcState } from '../model.ts';

/** One tunnel of a dual-tunnel connection on a VPN gateway; the options are a struct. */
export const modifyTunnelAttribute: Definition<VpcState> = {
  access: 'write',
  ram: onConnection('ModifyTunnelAttribute'),
  limit: { calls: 120, perMs: 60_000 },
  run(state, params, context) {
    const connection = findConnection(state, params, context);
    const tunnelId = params['TunnelId'];
    if (tunnelId === undefined || tunnelId === '') throw missing('TunnelId');
    // The page speaks of VPN gateways only; what it does on a transit router is not documented.
    const gateway = usableGateway(state, connection);
    if (gateway === null && context.switches.tunnelCallOnAttachment === 'refused') {
      throw refusal('InvalidVpnConnectionInstanceId.NotFound');
    }
    const tunnel = findTunnel(connection, tunnelId);
    refuseWhileConfiguring(state, connection, context);
    const options = readFlattened(params, 'TunnelOptionsSpecification.');
    const config = overlay(state, connection, tunnel, options, context);
    const changes = applySameGatewayRule(state, [{ connection, tunnel, config }], context);
    configure(state, connection, changes, { ...context, call: 'tunnel' });
    return writtenTunnel(connection, tunnel, context);
  },
};
