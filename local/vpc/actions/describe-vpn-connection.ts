import type { Definition } from '../../operation.ts';
import { readConnection } from '../connection-shape.ts';
import { findConnection, onConnection } from '../look-up.ts';
import type { VpcState } from '../model.ts';

export const describeVpnConnection: Definition<VpcState> = {
  access: 'read',
  ram: onConnection('DescribeVpnConnection'),
  limit: { calls: 600, perMs: 60_000 },
  run: (state, params, context) =>
    readConnection(state, findConnection(state, params, context), context),
};
