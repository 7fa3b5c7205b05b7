import { alike } from '../core/alike.ts';
import type { Connection } from '../core/fleet.ts';
import type { VpnApi } from '../ports/vpn-api.ts';

/**
 * The port, giving a connection that reads as it did before as the same value as before. A run reads each
 * connection many times and keeps what it read for its plan, its lanes and its proofs; most of that is alike.
 */
export function withKnownConnections(port: VpnApi): VpnApi {
  const known = new Map<string, Connection>();
  const asKnown = (read: Connection): Connection => {
    const name = `${read.regionId}/${read.vpnConnectionId}`;
    const before = known.get(name);
    if (before !== undefined && alike(before, read)) return before;
    known.set(name, read);
    return read;
  };
  return {
    ...port,
    async listVpnConnections(query) {
      const page = await port.listVpnConnections(query);
      if (page.kind !== 'ok') return page;
      return { kind: 'ok', value: { ...page.value, items: page.value.items.map(asKnown) } };
    },
  };
}
