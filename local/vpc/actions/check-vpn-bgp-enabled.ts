import type { Definition } from '../../operation.ts';
import { missing } from '../refusals.ts';
import type { VpcState } from '../model.ts';

/** Whether the region can do BGP at all. */
export const checkVpnBgpEnabled: Definition<VpcState> = {
  access: 'read',
  ram: { action: 'vpc:CheckVpnBgpEnabled', resources: () => ['*'] },
  limit: null,
  run(state, _params, { regionId }) {
    if (regionId === '') throw missing('RegionId');
    return { BgpEnabled: state.bgpRegionIds.includes(regionId) };
  },
};
