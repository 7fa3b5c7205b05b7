/** What must be true after a run of dispatch, or of its continuation. */
import { expect } from 'vitest';
import type { Estate } from '../../bench/estate.ts';
import type { VirtualAccount } from './virtual-account.ts';

export function expectRotated({ cloud }: VirtualAccount, { sites }: Estate): void {
  for (const site of sites) {
    for (const { vpnConnectionId } of site.links) {
      const tunnels = cloud.vpc.connections.get(vpnConnectionId)?.tunnels ?? [];
      expect(tunnels.map((tunnel) => tunnel.config.ike.Psk)).toEqual([site.newKey, site.newKey]);
    }
  }
}

/** Each tunnel was written once. */
export function expectNothingTwice({ writes }: VirtualAccount, { tunnels }: Estate): void {
  expect(new Set(writes).size).toBe(tunnels);
  expect(writes.length).toBe(tunnels);
}
