import { describe, expect, test } from 'vitest';
import type { Fleet, VpnGateway } from '../../functions/core/fleet.ts';
import { discoveryData } from '../../functions/report/discovery-data.ts';
import { discoveryText } from '../../functions/report/discovery-text.ts';
import { OTHER, connection, gateway, readable, tunnel, withTunnels } from '../core/builders.ts';
import { NOW } from './prepared.ts';

const discovered = (fleet: Fleet) => ({
  regions: ['cn-hangzhou'],
  fleet,
  customerGateways: [
    {
      regionId: 'cn-hangzhou',
      customerGatewayId: 'cgw-1',
      name: 'branch',
      ipAddress: '192.0.2.1',
      asn: null,
      bgpKey: false,
    },
  ],
  faults: new Map(),
});
const dataOf = (changes: Partial<Fleet> = {}) =>
  discoveryData(
    discovered({ gateways: [gateway()], connections: [connection()], ...changes }),
    NOW,
  );
const spotsOf = (changes: Partial<Fleet> = {}) =>
  dataOf(changes).weakSpots.map(({ code, where, detail }) => [code, where, detail]);

test('a group comes with its customer gateway and what its tunnels show', () => {
  expect(dataOf()).toMatchObject({
    schema: 'keyturn/discovery/1',
    gateways: [{ vpnGatewayId: 'vpn-1', connections: 1 }],
    groups: [
      {
        id: 'cn-hangzhou/vpn-1/cgw-1',
        customerGatewayName: 'branch',
        ipAddress: '192.0.2.1',
        connections: [
          { tunnels: [{ role: 'master', status: 'up', key: 'readable' }, { role: 'slave' }] },
        ],
      },
    ],
    documents: [{ customerGatewayId: 'cgw-1', file: 'cgw-1.json', targets: 1 }],
  });
  expect(JSON.stringify(dataOf())).not.toContain('example-psk');
});

test('a healthy fleet with modern settings has no weak spots', () => expect(spotsOf()).toEqual([]));

describe('a weak spot is', () => {
  test('crypto that a standard is against', () => {
    const weak = withTunnels(connection(), () => ({
      settings: { ikeVersion: 'ikev2', ikePfs: 'group2' },
    }));
    expect(spotsOf({ connections: [weak] })).toEqual([
      ['crypto-weak', 'cn-hangzhou/vpn-1/cgw-1', 'ikePfs group2: RFC 8247 §2.4'],
    ]);
  });

  test('connections on one customer gateway that differ', () => {
    const other = withTunnels(connection({ vpnConnectionId: 'vco-b' }), () => ({
      key: readable(OTHER),
    }));
    expect(spotsOf({ connections: [connection(), other] }).map(([code]) => code)).toEqual([
      'ike-differs',
    ]);
  });

  test('a connection with one path', () => {
    const half = withTunnels(connection(), ({ role }) => ({
      sa: role === 'slave' ? 'down' : 'up',
    }));
    const single = connection({
      vpnConnectionId: 'vco-s',
      tunnels: [tunnel({ tunnelId: null, role: 'only' })],
    });
    expect(spotsOf({ connections: [half, single] })).toEqual([
      ['single-path', 'cn-hangzhou/vco-a', '1 of 2 tunnels is up'],
      ['single-path', 'cn-hangzhou/vco-s', 'has one tunnel'],
    ]);
  });

  test('keys that cannot be read', () => {
    const masked = withTunnels(connection(), () => ({ key: { kind: 'masked' } }));
    expect(spotsOf({ connections: [masked] }).map(([code]) => code)).toEqual(['key-unreadable']);
  });

  test.each<readonly [string, Partial<VpnGateway>]>([
    ['gateway-locked', { financialLocked: true }],
    ['gateway-shangmi', { shangMi: true }],
    ['gateway-not-active', { status: 'provisioning' }],
  ])('%s', (code, changes) => {
    expect(spotsOf({ gateways: [gateway(changes)] })).toMatchObject([
      [code, 'cn-hangzhou/vpn-1', expect.anything()],
    ]);
  });
});

describe.each([80, 160])('in %i columns', (width) => {
  const long = connection({ name: '\u001B[2J'.repeat(99) });
  const data = dataOf({ gateways: [gateway({ name: 'x\u001B'.repeat(99) })], connections: [long] });
  const text = discoveryText(data, { colour: false, width });

  test('no line is wider than the terminal, and none steers it', () => {
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
    expect(text).not.toContain('\u001B');
  });

  test('a group is one row', () => {
    expect(text).toMatch(/^ {4}● cgw-1 {2}192\.0\.2\.1 {2}2\/2 up/m);
    expect(text).toContain('1 gateway, 1 connection, 1 group');
  });
});
