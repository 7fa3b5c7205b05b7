import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftsFor } from '../../functions/core/draft-document.ts';
import type { Fleet } from '../../functions/core/fleet.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { PSK_PLACEHOLDER } from '../../functions/core/psk.ts';
import {
  NEW,
  OTHER,
  claimant,
  claimed,
  connection,
  fleet,
  fleets,
  gateway,
  readable,
  tunnel,
  withTunnels,
} from './builders.ts';

const KEY = 'example-psk-filled-in';
const filled = (text: string): string => text.replaceAll(PSK_PLACEHOLDER, KEY);
const targetsIn = (world: Fleet): unknown =>
  draftsFor(world).map(({ text }) => JSON.parse(text).targets);

test('an unfilled draft is no document, and the rule says what is missing', () => {
  const [draft] = draftsFor(fleet(connection()));
  expect(parseDocument(draft?.text ?? '')).toEqual({
    kind: 'faults',
    faults: [{ path: 'targets[0].Psk', rule: 'is still the placeholder: fill in the key' }],
  });
});

test('a connection with one key is named as a whole', () => {
  expect(targetsIn(fleet(connection()))).toEqual([
    [{ RegionId: 'cn-hangzhou', VpnConnectionId: 'vco-a', Psk: PSK_PLACEHOLDER }],
  ]);
});

test('tunnels with keys of their own, or customer gateways of their own, are named each', () => {
  const keys = withTunnels(connection(), ({ role }) =>
    role === 'slave' ? { key: readable(OTHER) } : {},
  );
  const ends = withTunnels(connection(), ({ role }) => ({ customerGatewayId: `cgw-${role}` }));
  const target = (TunnelId: string) => ({
    RegionId: 'cn-hangzhou',
    VpnConnectionId: 'vco-a',
    TunnelId,
    Psk: PSK_PLACEHOLDER,
  });
  expect(targetsIn(fleet(keys))).toEqual([[target('vco-a-m'), target('vco-a-s')]]);
  expect(targetsIn(fleet(ends))).toEqual([[target('vco-a-m')], [target('vco-a-s')]]);
});

test('one customer gateway behind two VPN gateways is one draft', () => {
  const other = connection({
    vpnConnectionId: 'vco-b',
    vpnGatewayId: 'vpn-2',
    tunnels: [tunnel({ tunnelId: 'tun-b' })],
  });
  expect(draftsFor(fleet(connection(), other))).toMatchObject([
    {
      customerGatewayId: 'cgw-1',
      targets: 2,
      groups: ['cn-hangzhou/vpn-1/cgw-1', 'cn-hangzhou/vpn-2/cgw-1'],
    },
  ]);
});

test('a ShangMi gateway has no key to fill in', () => {
  const world = { gateways: [gateway({ shangMi: true })], connections: [connection()] };
  expect(draftsFor(world)).toEqual([]);
});

test('filled in, drafts cover every group whole, and none holds a key before', () => {
  fc.assert(
    fc.property(fleets({ masked: true }), (world) => {
      const drafts = draftsFor(world);
      const claimants = drafts.map(({ text, customerGatewayId }) => {
        expect(text).not.toContain('example-psk');
        const parsed = parseDocument(filled(text));
        if (parsed.kind !== 'document') throw new Error(JSON.stringify(parsed));
        return claimant(parsed.document, customerGatewayId, 'v1');
      });
      const claims = claimed(world, claimants);
      expect(claims.map(({ fault }) => fault)).toEqual(claims.map(() => null));
      expect(claims).toHaveLength(groupsOf(world).size);
      expect(NEW.expose()).not.toBe(KEY);
    }),
  );
});
