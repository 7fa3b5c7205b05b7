import { describe, expect, test } from 'vitest';
import { NEW, OLD, REGION, WINDOW_MS, World } from './world.ts';
import type { WorldOptions } from './world.ts';

const REFUSED = '400 VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs';
const world = (switches: NonNullable<WorldOptions['switches']>) => new World({ switches });

describe('a key that the siblings do not have', () => {
  test('is accepted', () => {
    const here = world({ sameGatewayRule: 'accept' });
    expect(here.rekey('tun-a1')).toBe('200');
    expect(here.key('tun-b1')).toBe(OLD);
  });

  test('is refused, and nothing changes', () => {
    const here = world({ sameGatewayRule: 'reject' });
    expect(here.rekey('tun-a1')).toBe(REFUSED);
    expect(here.key('tun-a1')).toBe(OLD);
    expect(here.gateway('vpn-1')).toBe('active');
  });

  test('propagates to the siblings of the same role, their identities kept', () => {
    const here = world({ sameGatewayRule: 'propagate' });
    const { LocalId } = here.tunnel('tun-b1').config.ike;
    expect(here.rekey('tun-a1')).toBe('200');
    expect(here.key('tun-b1')).toBe(NEW);
    expect(here.tunnel('tun-b1').config.ike.LocalId).toBe(LocalId);
    expect(here.tunnel('tun-b1').state).toBe('updating');
    expect([here.key('tun-a2'), here.key('tun-b2'), here.key('tun-c1')]).toEqual([OLD, OLD, OLD]);
    here.pass(WINDOW_MS);
    expect(here.tunnel('tun-b1').session.loaded.ike.Psk).toBe(NEW);
  });
});

test('propagation keeps to the role even where the comparison does not', () => {
  const here = world({ sameGatewayRule: 'propagate', sameGatewayScope: 'connection' });
  expect(here.rekey('tun-a1')).toBe('200');
  expect([here.key('tun-b1'), here.key('tun-b2')]).toEqual([NEW, OLD]);
});

describe('what the rule does not concern', () => {
  const here = () => world({ sameGatewayRule: 'reject', sameGatewayFields: 'key+crypto' });

  test('a connection alone on its customer gateway', () => {
    expect(here().rekey('tun-c1')).toBe('200');
  });

  test('the other tunnel of the same connection, where no other connection shares the pair', () => {
    const alone = world({ sameGatewayRule: 'reject', sameGatewayScope: 'connection' });
    expect(alone.rekey('tun-g1')).toBe('200');
  });

  test('attachments', () => {
    const change = { 'TunnelOptionsSpecification.1.TunnelId': 'tun-t1' };
    const key = { 'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': NEW };
    const attachment = { VpnConnectionId: 'vco-t', RegionId: REGION };
    expect(here().outcome('ModifyVpnAttachmentAttribute', attachment, { ...change, ...key })).toBe(
      '200',
    );
  });

  test('phase 2', () => {
    expect(here().modify('tun-a1', { 'TunnelIpsecConfig.IpsecPfs': 'group5' })).toBe('200');
  });
});

describe('the scope of the rule', () => {
  /** The siblings' first tunnels already have the new key; their second ones do not. */
  const halfWay = (sameGatewayScope: 'role' | 'connection') => {
    const here = world({ sameGatewayScope, sameGatewayFields: 'key+crypto' });
    here.rekey('tun-b1');
    here.pass(WINDOW_MS);
    here.cloud.switches = { ...here.cloud.switches, sameGatewayRule: 'reject' };
    return here;
  };

  test('tunnels of the same role', () => {
    expect(halfWay('role').rekey('tun-a1')).toBe('200');
    expect(halfWay('role').rekey('tun-a2')).toBe(REFUSED);
  });

  test('all tunnels of the other connections', () => {
    expect(halfWay('connection').rekey('tun-a1')).toBe(REFUSED);
  });
});

describe('the fields that are compared', () => {
  const lifetime = { 'TunnelIkeConfig.IkeLifetime': '3600' };

  test('key and crypto leave the lifetime free', () => {
    const here = world({ sameGatewayRule: 'reject', sameGatewayFields: 'key+crypto' });
    expect(here.modify('tun-a1', lifetime)).toBe('200');
    const crypto = { 'TunnelIkeConfig.IkePfs': 'group5' };
    expect(here.modify('tun-c1', crypto)).not.toBe(REFUSED);
  });

  test('all nine include it', () => {
    const here = world({ sameGatewayRule: 'reject', sameGatewayFields: 'nine' });
    expect(here.modify('tun-a1', lifetime)).toBe(REFUSED);
  });
});
