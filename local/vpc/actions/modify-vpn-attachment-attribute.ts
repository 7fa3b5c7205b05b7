import type { Definition } from '../../operation.ts';
import { changeConnection } from '../connection-change.ts';
import { findConnection, onConnection } from '../look-up.ts';
import { missing, refusal } from '../refusals.ts';
import { singleConfig, writtenTunnel } from '../shapes.ts';
import type { VpcState } from '../model.ts';

/**
 * A connection on a transit router. Its own lock, not a gateway's; the answer gives the tunnels as a plain
 * array, unlike ModifyVpnConnectionAttribute. No rate is documented.
 */
export const modifyVpnAttachmentAttribute: Definition<VpcState> = {
  access: 'write',
  ram: onConnection('ModifyVpnAttachmentAttribute'),
  limit: null,
  run(state, params, context) {
    if (context.regionId === '') throw missing('RegionId');
    const connection = findConnection(state, params, context);
    if (connection.home.kind !== 'attachment') {
      throw refusal('InvalidVpnConnectionInstanceId.NotFound');
    }
    changeConnection(state, connection, params, context);
    const [first] = connection.tunnels;
    if (first === undefined) throw new Error('a connection has a tunnel');
    const { transitRouterId } = connection.home;
    return {
      VpnConnectionId: connection.vpnConnectionId,
      Name: connection.name,
      AttachType: transitRouterId === null ? 'NO_ASSOCIATED' : 'CEN',
      NetworkType: 'public',
      CreateTime: connection.createdAt,
      LocalSubnet: connection.localSubnets.join(','),
      RemoteSubnet: connection.remoteSubnets.join(','),
      EffectImmediately: connection.effectImmediately,
      EnableTunnelsBgp: connection.bgpEnabled,
      Status: first.session.status,
      ...(connection.dual
        ? {
            TunnelOptionsSpecification: connection.tunnels.map((item) =>
              writtenTunnel(connection, item, context),
            ),
          }
        : {
            CustomerGatewayId: first.config.customerGatewayId,
            ...singleConfig(connection, first, context),
          }),
    };
  },
};
