import { describe, expect, test } from 'vitest';
import { NEW, OLD, REGION, World } from './world.ts';

const ATTACHMENT = { VpnConnectionId: 'vco-t', RegionId: REGION };

describe('fields that a modify leaves out', () => {
  test('are kept', () => {
    const world = new World({ switches: { omittedFields: 'kept' } });
    const before = world.tunnel('tun-a1').config;
    world.rekey('tun-a1');
    expect(world.tunnel('tun-a1').config).toEqual({ ...before, ike: { ...before.ike, Psk: NEW } });
  });

  test('fall back to the defaults of a creation, but for the key', () => {
    const world = new World({ switches: { omittedFields: 'defaulted' } });
    world.modify('tun-a1', { 'TunnelIkeConfig.IkePfs': 'group5' });
    expect(world.tunnel('tun-a1').config.ike).toMatchObject({
      Psk: OLD,
      IkeVersion: 'ikev1',
      IkeEncAlg: 'aes',
      IkeAuthAlg: 'md5',
      IkePfs: 'group5',
      RemoteId: '203.0.113.1',
    });
  });

  test('regenerate the key when phase 1 is sent without one', () => {
    const world = new World({ switches: { omittedFields: 'keyRegenerated' } });
    world.modify('tun-a1', { 'TunnelIkeConfig.IkePfs': 'group5' });
    expect(world.key('tun-a1')).toMatch(/^\S{16}$/);
    expect(world.key('tun-a1')).not.toBe(OLD);
    expect(world.tunnel('tun-a1').config.ike.IkeEncAlg).toBe('aes256');
  });

  test.each(['kept', 'defaulted', 'keyRegenerated'] as const)(
    'a section that was not sent is not touched when fields are %s',
    (omittedFields) => {
      const world = new World({ switches: { omittedFields } });
      const { ike } = world.tunnel('tun-a1').config;
      world.modify('tun-a1', { 'TunnelIpsecConfig.IpsecPfs': 'group5' });
      expect(world.tunnel('tun-a1').config.ike).toEqual(ike);
      expect(world.tunnel('tun-a1').config.ipsec.IpsecPfs).toBe('group5');
    },
  );
});

describe('a tunnel that an array leaves out', () => {
  const first = {
    'TunnelOptionsSpecification.1.TunnelId': 'tun-t1',
    'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': NEW,
  };

  test('is kept', () => {
    const world = new World({ switches: { omittedTunnel: 'kept' } });
    const before = world.tunnel('tun-t2').config;
    world.ok('ModifyVpnAttachmentAttribute', ATTACHMENT, first);
    expect(world.key('tun-t1')).toBe(NEW);
    expect(world.tunnel('tun-t2').config).toEqual(before);
  });

  test('falls back to the defaults', () => {
    const world = new World({ switches: { omittedTunnel: 'defaulted' } });
    world.ok('ModifyVpnAttachmentAttribute', ATTACHMENT, first);
    expect(world.tunnel('tun-t2').config.ike).toMatchObject({ Psk: OLD, IkeVersion: 'ikev1' });
    expect(world.tunnel('tun-t2').config.ipsec.IpsecPfs).toBe('group2');
  });

  test('is safe when the request restates it', () => {
    const world = new World({ switches: { omittedTunnel: 'defaulted' } });
    const before = world.tunnel('tun-t2').config;
    world.ok('ModifyVpnAttachmentAttribute', ATTACHMENT, {
      ...first,
      'TunnelOptionsSpecification.2.TunnelIndex': '2',
      'TunnelOptionsSpecification.2.TunnelIkeConfig.Psk': OLD,
    });
    expect(world.tunnel('tun-t2').config).toEqual(before);
  });
});

describe('options of ModifyTunnelAttribute in a form body', () => {
  const address = { VpnConnectionId: 'vco-a', TunnelId: 'tun-a1' };
  const options = { 'TunnelOptionsSpecification.TunnelIkeConfig.Psk': NEW };

  test.each([
    ['accepted', NEW],
    ['ignored', OLD],
  ] as const)('are %s', (optionsInBody, key) => {
    const world = new World({ switches: { optionsInBody } });
    expect(world.outcome('ModifyTunnelAttribute', address, options)).toBe('200');
    expect(world.key('tun-a1')).toBe(key);
  });
});

describe('omittedSubnets: a call about a connection that names none', () => {
  const subnets = (world: World) => {
    const { localSubnets, remoteSubnets } = world.cloud.vpc.connections.get('vco-t')!;
    return [localSubnets, remoteSubnets];
  };
  const key = { 'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': NEW };
  const named = { ...key, 'TunnelOptionsSpecification.1.TunnelIndex': '1' };

  test('keeps them', () => {
    const world = new World();
    const before = subnets(world);
    world.ok('ModifyVpnAttachmentAttribute', ATTACHMENT, named);
    expect(subnets(world)).toEqual(before);
  });

  test('is refused', () => {
    const world = new World({ switches: { omittedSubnets: 'refused' } });
    const outcome = world.outcome('ModifyVpnAttachmentAttribute', ATTACHMENT, named);
    expect(outcome).toBe('400 MissingLocalSubnet');
    expect(world.key('tun-t1')).toBe(OLD);
  });

  test('widens them to everything', () => {
    const world = new World({ switches: { omittedSubnets: 'widened' } });
    world.ok('ModifyVpnAttachmentAttribute', ATTACHMENT, named);
    expect(subnets(world)).toEqual([['0.0.0.0/0'], ['0.0.0.0/0']]);
  });
});
