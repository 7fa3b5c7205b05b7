import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import type { Outcome } from '../../functions/core/failure.ts';
import { epochMs } from '../../functions/core/units.ts';
import { answering } from './answers-transport.ts';

const page = { regionId: 'cn-hangzhou', pageNumber: 1, pageSize: 50 };
const READS = {
  gateways: (body: unknown) => vpnApi(body).listVpnGateways(page),
  connections: (body: unknown) => vpnApi(body).listVpnConnections(page),
  customerGateways: (body: unknown) => vpnApi(body).listCustomerGateways(page),
  logs: (body: unknown) =>
    vpnApi(body).readLogs({
      regionId: 'cn-hangzhou',
      vpnConnectionId: 'vco-1',
      tunnelId: null,
      from: epochMs(0),
      to: epochMs(1000),
    }),
  names: (body: unknown) => secretStore(body).listNames(1),
  versions: (body: unknown) => secretStore(body).listVersions('n'),
  value: (body: unknown) => secretStore(body).readVersion('n', 'v-1'),
} as const satisfies Record<string, (body: unknown) => Promise<Outcome<unknown>>>;

const vpnApi = (body: unknown) =>
  createVpnApi(answering({ kind: 'ok', body }), { tunnelOptionsInBody: false });
const secretStore = (body: unknown) =>
  createSecretStore(answering({ kind: 'ok', body }), 'cn-hangzhou', () => secretAnswers);

const anyRead = fc.constantFrom(...Object.values(READS));

test('an answer of any shape is a value or is called unparsable; nothing throws', async () => {
  await fc.assert(
    fc.asyncProperty(anyRead, fc.jsonValue(), async (read, body) => {
      const outcome = await read(body);
      expect(outcome).toMatchObject({ kind: 'unknown', error: { code: 'Network.Unparsable' } });
    }),
  );
});

const scalar = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('true', '1', 'master', ''));
const oddMembers = fc.dictionary(
  fc.constantFrom(
    'Role',
    'State',
    'Status',
    'AttachType',
    'VpnGatewayId',
    'EffectImmediately',
    'TunnelIndex',
    'EnableDpd',
    'IkeConfig',
    'VpnBgpConfig',
    'TunnelIkeConfig',
    'TunnelBgpConfig',
    'CustomerGatewayId',
  ),
  scalar,
);

test('a connection whose optional members are odd is still read, with typed settings only', async () => {
  const tunnels = fc.array(
    oddMembers.map((odd) => ({ ...odd, TunnelId: 'tun-1' })),
    {
      maxLength: 2,
    },
  );
  await fc.assert(
    fc.asyncProperty(oddMembers, tunnels, async (odd, TunnelOptions) => {
      const item = {
        ...odd,
        VpnConnectionId: 'vco-1',
        TunnelOptionsSpecification: { TunnelOptions },
      };
      const outcome = await READS.connections({
        RequestId: 'R-1',
        TotalCount: '1',
        VpnConnections: { VpnConnection: [item] },
      });
      expect(outcome).toMatchObject({ kind: 'ok', value: { totalCount: 1 } });
      const connection = outcome.kind === 'ok' ? outcome.value.items[0] : undefined;
      expect(connection?.tunnels).toHaveLength(Math.max(1, TunnelOptions.length));
      for (const { settings } of connection?.tunnels ?? []) {
        expect(['boolean', 'undefined']).toContain(typeof settings.dpd);
        expect(['string', 'undefined']).toContain(typeof settings.customerGatewayId);
      }
    }),
  );
});

test('an item without its id, or a page without its total, is not half understood', async () => {
  const VpnConnection = [{ VpnConnectionId: 'vco-1' }, { Name: 'no id' }];
  const bodies = [
    { RequestId: 'R-1', TotalCount: 2, VpnConnections: { VpnConnection } },
    { RequestId: 'R-1', VpnConnections: { VpnConnection: [] } },
    { TotalCount: 0, VpnConnections: { VpnConnection: [] } },
  ];
  for (const body of bodies) {
    expect(await READS.connections(body)).toMatchObject({ kind: 'unknown' });
  }
});
