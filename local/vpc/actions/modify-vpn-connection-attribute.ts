import type { Definition } from '../../operation.ts';
import { changeConnection } from '../connection-change.ts';
import { findConnection, onConnection, usableGateway } from '../look-up.ts';
import { missing, refusal } from '../refusals.ts';
import { singleConfig, writtenTunnel } from '../shapes.ts';
import type { VpcState } from '../model.ts';

/** A whole connection on a VPN gateway; the tunnels are an array, numbered from 1. No rate is documented. */
export const modifyVpnConnectionAttribute: Definition<VpcState> = {
  access: 'write',
  ram: onConnection('ModifyVpnConnectionAttribute'),
  limit: null,
  run(state, params, context) {
    if (context.regionId === '') throw missing('RegionId');
    const connection = findConnection(state, params, context);
    if (usableGateway(state, connection) === null) {
      throw refusal('InvalidVpnConnectionInstanceId.NotFound');
    }
    changeConnection(state, connection, params, context);
    const [first] = connection.tunnels;
    if (first === undefined) throw new Error('a connection has a tunnel');
    return {
      VpnConnectionId: connection.vpnConnectionId,
      VpnGatewayId: connection.home.kind === 'gateway' ? connection.home.vpnGatewayId : '',
      Name: connection.name,
      CreateTime: connection.createdAt,
      LocalSubnet: connection.localSubnets.join(','),
      RemoteSubnet: connection.remoteSubnets.join(','),
      EffectImmediately: connection.effectImmediately,
      EnableTunnelsBgp: connection.bgpEnabled,
      ...(connection.dual
        ? {
            TunnelOptionsSpecification: {
              TunnelOptions: connection.tunnels.map((item) =>
                writtenTunnel(connection, item, context),
              ),
            },
          }
        : {
            CustomerGatewayId: first.config.customerGatewayId,
            ...singleConfig(connection, first, context),
          }),
    };
  },
};
