import { expect, test } from 'vitest';
import type { Connection } from '../../functions/core/fleet.ts';
import type { VpnApi } from '../../functions/ports/vpn-api.ts';
import { withKnownConnections } from '../../functions/run/known-connections.ts';
import { NEW, OTHER, connection, readable, tunnel } from '../core/builders.ts';

const QUERY = { regionId: 'cn-hangzhou', pageNumber: 1, pageSize: 50 };

/** A port that lists what it is given, each time in values of its own. */
function portOver(list: () => readonly Connection[]): VpnApi {
  return {
    listVpnConnections: () =>
      Promise.resolve({ kind: 'ok', value: { items: list(), totalCount: 1 } }),
  } as Partial<VpnApi> as VpnApi;
}

async function listed(port: VpnApi): Promise<readonly Connection[]> {
  const page = await port.listVpnConnections(QUERY);
  return page.kind === 'ok' ? page.value.items : [];
}

test('what reads as before is the same value, what does not is shown as it reads', async () => {
  let key = readable(NEW);
  const port = withKnownConnections(
    portOver(() => [
      connection({ vpnConnectionId: 'vco-a' }),
      connection({ vpnConnectionId: 'vco-b', tunnels: [tunnel({ key })] }),
    ]),
  );
  const first = await listed(port);
  const again = await listed(port);
  expect(again[0]).toBe(first[0]);
  expect(again[1]).toBe(first[1]);
  key = readable(OTHER);
  const changed = await listed(port);
  expect(changed[0]).toBe(first[0]);
  expect(changed[1]).toEqual(connection({ vpnConnectionId: 'vco-b', tunnels: [tunnel({ key })] }));
  expect(changed[1]).not.toBe(first[1]);
});

test('connections of one id in two regions are two', async () => {
  const port = withKnownConnections(
    portOver(() => [connection({ regionId: 'cn-a' }), connection({ regionId: 'cn-b' })]),
  );
  expect((await listed(port)).map(({ regionId }) => regionId)).toEqual(['cn-a', 'cn-b']);
});
