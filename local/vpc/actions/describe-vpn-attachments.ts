import type { Definition } from '../../operation.ts';
import { connectionsOf, onListing } from '../look-up.ts';
import { illegal } from '../refusals.ts';
import type { VpcState } from '../model.ts';
import { page } from '../paging.ts';

/** A short list without configuration, key or state. */
export const describeVpnAttachments: Definition<VpcState> = {
  access: 'read',
  ram: onListing('DescribeVpnAttachments', 'vpnconnection', 'VpnConnectionId'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const { AttachType, VpnConnectionId } = params;
    if (AttachType !== undefined && AttachType !== 'CEN') throw illegal('AttachType');
    const found = connectionsOf(state, context.regionId).flatMap((item) => {
      if (item.home.kind !== 'attachment') return [];
      if (VpnConnectionId !== undefined && item.vpnConnectionId !== VpnConnectionId) return [];
      return [{ item, transitRouterId: item.home.transitRouterId }];
    });
    const { items, fields } = page(found, params);
    const shown = items.map(({ item, transitRouterId }) => ({
      InstanceId: item.vpnConnectionId,
      Name: item.name,
      Description: '',
      AttachType: transitRouterId === null ? 'NO_ASSOCIATED' : 'CEN',
      ...(transitRouterId === null ? {} : { TransitRouterId: transitRouterId }),
      CrossAccountAuthorized: false,
    }));
    return { ...fields, VpnAttachments: shown };
  },
};
